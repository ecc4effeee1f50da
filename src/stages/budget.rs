//! What a call may cost and has cost: a call that could pass the budget is not made.
//!
//! Before a call every byte of it counts as a token, which no tokenizer exceeds; after it the provider's own count does.
//! A prompt is shaped by three bytes to a token, which is near the truth for code and logs.

use crate::config::policy::{Budget, ModelRules, Price};
use crate::domain::context::Usage;
use crate::domain::healing::Spent;
use crate::domain::memory::SpentBefore;

/// Bytes to a token, for shaping.
pub const BYTES_PER_TOKEN: u64 = 3;

/// Of the tokens of one call this share is kept for the answer; a model's thinking counts as answer.
const ANSWER_SHARE: u64 = 4;

/// Prices that the vendors publish, November 2026, in US dollars a million tokens. The policy's own come first.
const PRICES: [(&str, Price); 6] = [
    ("anthropic/claude-opus-5-5", Price { input: 4.0, output: 20.0 }),
    ("anthropic/claude-sonnet-5-5", Price { input: 2.0, output: 10.0 }),
    ("anthropic/claude-haiku-5-5", Price { input: 0.1, output: 0.5 }),
    ("openai/gpt-5.6-sol", Price { input: 5.0, output: 30.0 }),
    ("openai/gpt-5.6-terra", Price { input: 2.0, output: 12.0 }),
    ("openai/gpt-5.6-luna", Price { input: 0.2, output: 1.2 }),
];

/// Why a call is not made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverBudget {
    /// Stable: `tokens.per-call`, `tokens.per-run`, `usd.per-run`, `usd.per-pull-request`, `usd.per-day`.
    pub code: &'static str,
    pub text: String,
}

/// The price of a model named `PROVIDER/NAME`; the policy may name it with or without its provider.
pub fn price(rules: &ModelRules, model: &str, own_address: bool) -> Option<Price> {
    let bare = model.split_once('/').map_or(model, |(_, name)| name);
    let of_policy = rules.prices.get(model).or_else(|| rules.prices.get(bare)).copied();
    // At an address of one's own the vendor's prices say nothing.
    of_policy.or_else(|| {
        if own_address { None } else { PRICES.iter().find(|(name, _)| *name == model).map(|(_, price)| *price) }
    })
}

/// How many tokens an answer may have.
pub fn answer_tokens_max(budget: &Budget) -> u32 {
    u32::try_from(budget.tokens_per_call / ANSWER_SHARE).unwrap_or(u32::MAX)
}

/// How many bytes a request may have so that its call stays within its tokens.
pub fn request_bytes_max(budget: &Budget) -> u64 {
    let answer = budget.tokens_per_call / ANSWER_SHARE;
    budget.tokens_per_call.saturating_sub(answer).saturating_mul(BYTES_PER_TOKEN)
}

/// Whether a call of this many bytes may be made. What was spent `before` this run adds up with what it has spent.
pub fn may_ask(
    budget: &Budget,
    before: &SpentBefore,
    spent: &Spent,
    price: Option<Price>,
    request_bytes: u64,
    answer_tokens_max: u32,
) -> Result<(), OverBudget> {
    let shaped = request_bytes.div_ceil(BYTES_PER_TOKEN).saturating_add(u64::from(answer_tokens_max));
    if shaped > budget.tokens_per_call {
        let text = format!(
            "a call of about {shaped} tokens would pass `tokens-per-call = {}` under [budget]: raise it",
            budget.tokens_per_call
        );
        return Err(OverBudget { code: "tokens.per-call", text });
    }
    let most = request_bytes.saturating_add(u64::from(answer_tokens_max));
    let after = spent.tokens.saturating_add(most);
    if after > budget.tokens_per_run {
        let text = format!(
            "{} tokens are spent, and a call of up to {most} more could pass `tokens-per-run = {}` under [budget]",
            spent.tokens, budget.tokens_per_run
        );
        return Err(OverBudget { code: "tokens.per-run", text });
    }
    if let (Some(price), Some(so_far)) = (price, spent.cost_usd) {
        let most = Usage { input_tokens: request_bytes, output_tokens: u64::from(answer_tokens_max) };
        let most = cost(price, most);
        for (code, key, limit, earlier, on) in [
            ("usd.per-run", "usd-per-run", budget.usd_per_run, Some(0.0), ""),
            (
                "usd.per-pull-request",
                "usd-per-pull-request",
                budget.usd_per_pull_request,
                before.on_fingerprint,
                " on this failure",
            ),
            ("usd.per-day", "usd-per-day", budget.usd_per_day, before.in_a_day, " in 24 hours"),
        ] {
            let Some(so_far) = earlier.map(|earlier| earlier + so_far) else { continue };
            if so_far + most > limit {
                let text = format!(
                    "${so_far:.4} are spent{on}, and a call of up to ${most:.4} more could pass `{key} = {limit}` under \
                     [budget]"
                );
                return Err(OverBudget { code, text });
            }
        }
    }
    Ok(())
}

/// What one call has cost; `None` where the price is unknown.
pub fn cost_of(price: Option<Price>, usage: Usage) -> Option<f64> {
    price.map(|price| cost(price, usage))
}

/// The sum after one more call.
pub fn after_call(spent: &Spent, usage: Usage, cost: Option<f64>) -> Spent {
    Spent {
        rounds: spent.rounds,
        model_calls: spent.model_calls.saturating_add(1),
        tokens: spent.tokens.saturating_add(usage.input_tokens).saturating_add(usage.output_tokens),
        cost_usd: spent.cost_usd.zip(cost).map(|(so_far, cost)| so_far + cost),
    }
}

fn cost(price: Price, usage: Usage) -> f64 {
    // Token counts are far below 2^53, where a float stops being exact.
    let tokens = |count: u64| count as f64 / 1_000_000.0;
    tokens(usage.input_tokens) * price.input + tokens(usage.output_tokens) * price.output
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{
        Budget, ModelRules, OverBudget, Price, Spent, SpentBefore, Usage, after_call, answer_tokens_max, cost_of,
        price, request_bytes_max,
    };

    fn budget() -> Budget {
        Budget {
            usd_per_run: 0.5,
            usd_per_pull_request: 2.0,
            usd_per_day: 10.0,
            tokens_per_call: 16_000,
            tokens_per_run: 100_000,
        }
    }

    fn may_ask(
        budget: &Budget,
        spent: &Spent,
        price: Option<Price>,
        request_bytes: u64,
        answer_tokens_max: u32,
    ) -> Result<(), OverBudget> {
        super::may_ask(budget, &SpentBefore::default(), spent, price, request_bytes, answer_tokens_max)
    }

    fn code(outcome: Result<(), OverBudget>) -> &'static str {
        outcome.err().map_or("go", |over| over.code)
    }

    #[test]
    fn a_call_stays_within_its_own_tokens() {
        let (budget, answer) = (budget(), answer_tokens_max(&budget()));
        let most = request_bytes_max(&budget);
        assert_eq!((answer, most), (4_000, 36_000));
        assert_eq!(code(may_ask(&budget, &Spent::default(), None, most, answer)), "go");
        assert_eq!(code(may_ask(&budget, &Spent::default(), None, most + 1, answer)), "tokens.per-call");
    }

    #[test]
    fn a_run_stops_before_the_call_that_could_pass_its_tokens() {
        let at = |tokens| Spent { tokens, ..Spent::default() };
        assert_eq!(code(may_ask(&budget(), &at(91_000), None, 1_000, 8_000)), "go");
        assert_eq!(code(may_ask(&budget(), &at(91_001), None, 1_000, 8_000)), "tokens.per-run");
    }

    #[test]
    fn a_run_stops_before_the_call_that_could_pass_its_money() {
        let price = Some(Price { input: 10.0, output: 10.0 });
        let at = |cost_usd| Spent { cost_usd: Some(cost_usd), ..Spent::default() };
        // Up to 0.09 dollars: 1,000 bytes and 8,000 tokens.
        assert_eq!(code(may_ask(&budget(), &at(0.40), price, 1_000, 8_000)), "go");
        assert_eq!(code(may_ask(&budget(), &at(0.42), price, 1_000, 8_000)), "usd.per-run");
    }

    #[test]
    fn what_was_spent_before_adds_up_with_what_is_spent_now() {
        let price = Some(Price { input: 10.0, output: 10.0 });
        let spent = Spent { cost_usd: Some(0.25), ..Spent::default() };
        let after = |on_fingerprint, in_a_day| {
            let before = SpentBefore { on_fingerprint, in_a_day };
            // Up to 0.09 dollars more.
            code(super::may_ask(&budget(), &before, &spent, price, 1_000, 8_000))
        };
        assert_eq!(after(Some(1.6), Some(9.6)), "go");
        assert_eq!(after(Some(1.7), Some(9.6)), "usd.per-pull-request");
        assert_eq!(after(Some(1.6), Some(9.7)), "usd.per-day");
        assert_eq!(after(None, None), "go", "what is not known is held to the run's own cap");
        let before = SpentBefore { on_fingerprint: Some(99.0), in_a_day: Some(99.0) };
        assert_eq!(code(super::may_ask(&budget(), &before, &spent, None, 1_000, 8_000)), "go", "no price, no money");
    }

    #[test]
    fn where_a_price_is_unknown_money_is_null_and_the_tokens_hold() {
        let usage = Usage { input_tokens: 1_000, output_tokens: 500 };
        let spent = after_call(&Spent::default(), usage, cost_of(None, usage));
        assert_eq!((spent.tokens, spent.cost_usd, spent.model_calls), (1_500, None, 1));
        let later = after_call(&spent, usage, Some(0.1));
        assert_eq!(later.cost_usd, None, "a sum with an unknown part is unknown");
    }

    #[test]
    fn the_policy_s_price_comes_before_the_built_in_one() {
        let rules = |prices: &[(&str, f64)]| ModelRules {
            name: String::new(),
            diagnose: String::new(),
            instructions: String::new(),
            prices: prices
                .iter()
                .map(|(name, usd)| ((*name).to_owned(), Price { input: *usd, output: *usd }))
                .collect::<BTreeMap<_, _>>(),
        };
        let model = "anthropic/claude-sonnet-5-5";
        assert_eq!(price(&rules(&[]), model, false).map(|price| price.input), Some(2.0));
        assert_eq!(price(&rules(&[("claude-sonnet-5-5", 7.0)]), model, false).map(|price| price.input), Some(7.0));
        assert_eq!(price(&rules(&[(model, 8.0)]), model, true).map(|price| price.input), Some(8.0));
        assert_eq!(price(&rules(&[]), model, true), None, "an address of one's own has its own prices");
        assert_eq!(price(&rules(&[]), "openai/unheard-of", false), None);
    }
}
