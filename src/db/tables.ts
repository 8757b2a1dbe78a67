import type { AuditTable } from '../audit/table.ts'
import type {
  CartsTable,
  DiscountsTable,
  ProductsTable,
  RedemptionsTable,
  ShippingRatesTable,
  StockHoldsTable,
  StockTable,
  TaxRatesTable,
  VariantsTable,
} from '../catalog/table.ts'
import type { DisputesTable } from '../disputes/table.ts'
import type { MailsTable } from '../mail/table.ts'
import type {
  ShareRefundsTable,
  SharesTable,
  VendorAccountsTable,
  VendorLinksTable,
  VendorsTable,
} from '../marketplace/table.ts'
import type { StripeObjectsTable, SyncCursorsTable } from '../mirror/table.ts'
import type { NotificationEndpointsTable, NotificationsTable } from '../notifications/table.ts'
import type { CheckoutSessionsTable, OrdersTable, PaymentsTable, TimelineTable } from '../orders/table.ts'
import type { OutboxTable } from '../outbox/table.ts'
import type { OwnerSessionsTable, PortalLinksTable, SignInsTable } from '../owners/table.ts'
import type { PartnerSecretsTable, PartnersTable } from '../partners/table.ts'
import type { RefundsTable } from '../refunds/table.ts'
import type { ConnectionsTable, ConnectLinksTable, EndpointsTable, StoresTable } from '../stores/table.ts'
import type { VaultCanariesTable } from '../vault/table.ts'
import type { EventCursorsTable, EventsTable, RefusedDeliveriesTable } from '../webhooks/table.ts'

/** Every table, from the room that owns it: the one upward import of the house, and of types only. */
export type Tables = {
  partners: PartnersTable
  partner_secrets: PartnerSecretsTable
  stores: StoresTable
  connect_links: ConnectLinksTable
  connections: ConnectionsTable
  endpoints: EndpointsTable
  products: ProductsTable
  variants: VariantsTable
  stock: StockTable
  stock_holds: StockHoldsTable
  shipping_rates: ShippingRatesTable
  tax_rates: TaxRatesTable
  discounts: DiscountsTable
  redemptions: RedemptionsTable
  carts: CartsTable
  orders: OrdersTable
  checkout_sessions: CheckoutSessionsTable
  payments: PaymentsTable
  order_timeline: TimelineTable
  refunds: RefundsTable
  disputes: DisputesTable
  vendors: VendorsTable
  vendor_accounts: VendorAccountsTable
  vendor_links: VendorLinksTable
  shares: SharesTable
  share_refunds: ShareRefundsTable
  outbox: OutboxTable
  notification_endpoints: NotificationEndpointsTable
  notifications: NotificationsTable
  events: EventsTable
  event_cursors: EventCursorsTable
  refused_deliveries: RefusedDeliveriesTable
  stripe_objects: StripeObjectsTable
  sync_cursors: SyncCursorsTable
  vault_canaries: VaultCanariesTable
  sign_ins: SignInsTable
  owner_sessions: OwnerSessionsTable
  portal_links: PortalLinksTable
  mails: MailsTable
  audit: AuditTable
}
