/** Which of Stripe's two worlds: play money or real. Nothing ever crosses from one to the other. */
export type Mode = 'test' | 'live'
