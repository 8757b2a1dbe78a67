/** How long a checkout can be paid, in minutes. */
export const SESSION_MINUTES = 60

/**
 * How long one that a shop's page opened can, when it holds something that is counted: anybody can open one, and who
 * goes away again must not keep the shelf from the others for an hour. A partner may send its checkout by letter.
 */
export const HELD_MINUTES = 15

/** SQL: until when a session lasts whose shopper has just done something. Never longer than any other. */
export const RENEWED = `greatest(cs.expires_at, least(cs.created_at + interval '${SESSION_MINUTES} minutes',
                                                       now() + interval '${HELD_MINUTES} minutes'))`
