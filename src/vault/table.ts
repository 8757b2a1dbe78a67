export type VaultCanariesTable = { kid: string; box: string }
