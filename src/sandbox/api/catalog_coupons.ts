import type Stripe from 'stripe'
import { collection } from '../engine/books.ts'
import { emit } from '../engine/events.ts'
import { newId, now, random } from '../engine/ids.ts'
import { mergeMetadata, metadata } from '../engine/metadata.ts'
import { anything, expand, flag, form, int, must, one, paging, range, text } from '../engine/params.ts'
import { invalid } from '../engine/refusal.ts'
import { deleting, listing, operation, type Resource, retrieving, updating } from '../engine/resource.ts'
import { checkCurrency } from '../payments/currencies.ts'
import { percent } from './catalog_params.ts'

// A coupon's id has no prefix of its own at Stripe; it is looked up by name, never by how it begins.
export const Coupons = collection<Stripe.Coupon>({ url: '/v1/coupons', noun: 'coupon', prefix: 'coupon_' })
export const PromotionCodes = collection<Stripe.PromotionCode>({
  url: '/v1/promotion_codes',
  noun: 'promotion code',
  prefix: 'promo_',
})

/** What is taken off a price: a share of it, or an amount in minor units. */
export const coupons: Resource = {
  operations: [
    operation<Stripe.CouponCreateParams>({
      method: 'POST',
      path: '/v1/coupons',
      needs: 'catalog.write',
      params: {
        amount_off: int(1),
        applies_to: anything,
        currency: text(3),
        currency_options: anything,
        duration: one('forever', 'once', 'repeating'),
        duration_in_months: int(1),
        expand,
        id: text(),
        max_redemptions: int(1),
        metadata,
        name: text(40),
        percent_off: percent,
        redeem_by: int(0),
      },
      run(call) {
        const { params, books } = call
        if ((params.amount_off === undefined) === (params.percent_off === undefined)) {
          throw invalid('You must pass exactly one of `percent_off` or `amount_off`.', {
            param: 'percent_off',
          })
        }
        if (params.amount_off !== undefined && !params.currency) {
          throw invalid('You must pass `currency` when passing `amount_off`.', { param: 'currency' })
        }
        const coupon: Stripe.Coupon = {
          id: params.id ?? random(8),
          object: 'coupon',
          amount_off: params.amount_off ?? null,
          created: now(),
          currency: params.currency ? checkCurrency(params.currency) : null,
          duration: params.duration ?? 'once',
          duration_in_months: params.duration_in_months ?? null,
          livemode: books.livemode,
          max_redemptions: params.max_redemptions ?? null,
          metadata: mergeMetadata(null, params.metadata),
          name: params.name ?? null,
          percent_off: params.percent_off ?? null,
          redeem_by: params.redeem_by ?? null,
          times_redeemed: 0,
          valid: true,
        }
        books.of(Coupons).put(coupon)
        emit(call, 'coupon.created', coupon)
        return coupon
      },
    }),
    retrieving(Coupons, 'catalog.read'),
    updating<Stripe.CouponUpdateParams, Stripe.Coupon>(
      Coupons,
      'catalog.write',
      'coupon.updated',
      { currency_options: anything, expand, metadata, name: text(40) },
      (coupon, { name }) => {
        if (name) coupon.name = name
      },
    ),
    listing<Stripe.CouponListParams, Stripe.Coupon>(Coupons, 'catalog.read', {
      ...paging,
      created: range,
      expand,
    }),
    deleting(Coupons, 'catalog.write', (call, coupon) => emit(call, 'coupon.deleted', coupon)),
  ],
}

/** The words shoppers type in to get a coupon. */
export const promotionCodes: Resource = {
  operations: [
    operation<Stripe.PromotionCodeCreateParams>({
      method: 'POST',
      path: '/v1/promotion_codes',
      needs: 'catalog.write',
      params: {
        promotion: must(
          form<Stripe.PromotionCodeCreateParams.Promotion>({ coupon: text(), type: must(one('coupon')) }),
        ),
        active: flag,
        code: text(500),
        customer: text(),
        customer_account: text(),
        expand,
        expires_at: int(0),
        max_redemptions: int(1),
        metadata,
        restrictions: anything,
      },
      run(call) {
        const { params, books } = call
        const coupon = books.need(Coupons, params.promotion.coupon ?? '', 'promotion[coupon]')
        const code: Stripe.PromotionCode = {
          id: newId('promo_1'),
          object: 'promotion_code',
          active: params.active ?? true,
          code: params.code ?? random(8).toUpperCase(),
          created: now(),
          customer: params.customer ?? null,
          customer_account: null,
          expires_at: params.expires_at ?? null,
          livemode: books.livemode,
          max_redemptions: params.max_redemptions ?? null,
          metadata: mergeMetadata(null, params.metadata),
          promotion: { coupon: coupon.id, type: 'coupon' },
          restrictions: {
            first_time_transaction: false,
            minimum_amount: null,
            minimum_amount_currency: null,
          },
          times_redeemed: 0,
        }
        books.of(PromotionCodes).put(code)
        emit(call, 'promotion_code.created', code)
        return code
      },
    }),
    retrieving(PromotionCodes, 'catalog.read'),
    updating<Stripe.PromotionCodeUpdateParams, Stripe.PromotionCode>(
      PromotionCodes,
      'catalog.write',
      'promotion_code.updated',
      { active: flag, expand, metadata, restrictions: anything },
      (code, { active }) => {
        if (active !== undefined) code.active = active
      },
    ),
    listing<Stripe.PromotionCodeListParams, Stripe.PromotionCode>(
      PromotionCodes,
      'catalog.read',
      {
        ...paging,
        active: flag,
        code: text(500),
        coupon: text(),
        created: range,
        customer: text(),
        customer_account: text(),
        expand,
      },
      (found, { active, code, coupon }) =>
        (active === undefined || found.active === active) &&
        (!code || found.code.toLowerCase() === code.toLowerCase()) &&
        (!coupon || found.promotion.coupon === coupon),
    ),
  ],
}
