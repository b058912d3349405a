//! What is known of OpenAI's models: what a token costs, and whether they reason.

use super::Usage;

/// A model that this file knows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Model {
    /// Its name, without the date of a snapshot.
    pub name: &'static str,
    /// Whether it thinks before it answers, and how long can be said.
    pub reasons: bool,
    /// US dollars for a million tokens of input.
    input: f64,
    /// The same for input that OpenAI had seen shortly before.
    cached_input: f64,
    /// The same for input that OpenAI keeps for the next time.
    cache_write: f64,
    /// The same for output; what a model thinks is output too.
    output: f64,
}

/// The standard prices of November 2026, for requests below 272,000 tokens of input.
///
/// <https://developers.openai.com/api/docs/pricing>, and the page of each model under
/// <https://developers.openai.com/api/docs/models>.
static MODELS: [Model; 5] = [
    reasoning("gpt-6-luna", 0.10, 0.01, 0.125, 0.50),
    reasoning("gpt-6-sol", 2.00, 0.20, 2.50, 10.00),
    reasoning("gpt-6.2-sol", 2.00, 0.10, 2.50, 10.00),
    reasoning("gpt-5.6-luna", 0.20, 0.02, 0.25, 1.20),
    Model {
        name: "gpt-4.1",
        reasons: false,
        input: 2.00,
        cached_input: 0.50,
        cache_write: 2.00,
        output: 8.00,
    },
];

const fn reasoning(
    name: &'static str,
    input: f64,
    cached_input: f64,
    cache_write: f64,
    output: f64,
) -> Model {
    Model {
        name,
        reasons: true,
        input,
        cached_input,
        cache_write,
        output,
    }
}

/// A known model, by its name or by that of a snapshot, such as `gpt-4.1-2025-04-14`.
pub fn model(name: &str) -> Option<&'static Model> {
    MODELS
        .iter()
        .find(|model| match name.strip_prefix(model.name) {
            Some("") => true,
            Some(rest) => is_snapshot(rest),
            None => false,
        })
}

/// `-2026-09-22`.
fn is_snapshot(rest: &str) -> bool {
    rest.len() == 11
        && rest.char_indices().all(|(at, c)| match at {
            0 | 5 | 8 => c == '-',
            _ => c.is_ascii_digit(),
        })
}

impl Model {
    /// What this use cost, in US dollars.
    pub fn cost(&self, usage: &Usage) -> f64 {
        let known = usage.cached_input_tokens.min(usage.input_tokens);
        let written = usage.cache_write_tokens.min(usage.input_tokens - known);
        let fresh = usage.input_tokens - known - written;
        let parts = [
            (fresh, self.input),
            (known, self.cached_input),
            (written, self.cache_write),
            (usage.output_tokens, self.output),
        ];
        parts
            .map(|(tokens, price)| f64::from(tokens) * price)
            .iter()
            .sum::<f64>()
            / 1e6
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_costs_what_its_tokens_cost() {
        let usage = Usage {
            input_tokens: 5_000,
            cached_input_tokens: 3_000,
            cache_write_tokens: 1_000,
            output_tokens: 400,
        };
        let cost = |name| {
            let dollars = model(name).map(|model| model.cost(&usage));
            dollars.map(|dollars| format!("{dollars:.6}"))
        };
        // 1,000 × 0.10 + 3,000 × 0.01 + 1,000 × 0.125 + 400 × 0.50 for a million.
        assert_eq!(cost("gpt-6-luna").as_deref(), Some("0.000455"));
        assert_eq!(cost("gpt-6-luna-2026-09-22").as_deref(), Some("0.000455"));
        assert_eq!(cost("gpt-4.1").as_deref(), Some("0.008700"));
        for unknown in ["gpt-6-luna-fast", "gpt-4.1-mini", "gpt", "", "llama"] {
            assert_eq!(cost(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn odd_numbers_of_a_service_make_no_cost_below_zero() {
        let usage = Usage {
            input_tokens: 10,
            cached_input_tokens: u32::MAX,
            cache_write_tokens: u32::MAX,
            output_tokens: 0,
        };
        assert!(MODELS.iter().all(|model| model.cost(&usage) > 0.0));
    }
}
