//! What is worth a log line, and a place in the traces.

use tracing::subscriber::Interest;
use tracing::{Metadata, Subscriber};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::{Context, Layer};

/// Levels for targets, in the form of `RUST_LOG` (`timeoff=info,warn`). Our spans are kept
/// whatever it says: a warning without the correlation id of its request would be of little use.
///
/// One choice for all layers. A filter for each would lose spans and lines: `sqlx` asks after each
/// query whether anybody listens, and the filters of `tracing-subscriber` keep the answer for
/// whatever comes next on that thread.
pub struct Choice(Targets);

impl Choice {
    /// The choice of `RUST_LOG`; without a good one, `fallback`.
    pub(super) fn of_environment(fallback: &str) -> Self {
        let chosen = std::env::var("RUST_LOG").ok();
        let chosen = chosen.filter(|it| !it.trim().is_empty());
        chosen
            .and_then(|it| it.parse().ok())
            .map_or_else(|| Self::of(fallback), Self)
    }

    /// This choice. One that cannot be read lets everything of weight through.
    pub fn of(directives: &str) -> Self {
        let targets = directives.parse();
        Self(targets.unwrap_or_else(|_| Targets::new().with_default(LevelFilter::WARN)))
    }

    fn lets(&self, it: &Metadata<'_>) -> bool {
        let own_span = it.is_span() && is_own(it);
        let chosen = self.0.would_enable(it.target(), it.level());
        own_span || chosen
    }
}

impl<S: Subscriber> Layer<S> for Choice {
    fn register_callsite(&self, it: &'static Metadata<'static>) -> Interest {
        if self.lets(it) {
            Interest::always()
        } else {
            Interest::never()
        }
    }

    fn enabled(&self, it: &Metadata<'_>, _context: Context<'_, S>) -> bool {
        self.lets(it)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        let chosen = self.0.iter().map(|(_, level)| level);
        let default = self.0.default_level();
        chosen.chain(default).chain([LevelFilter::INFO]).max()
    }
}

fn is_own(it: &Metadata<'_>) -> bool {
    let of = it.target();
    of == "timeoff" || of.starts_with("timeoff::")
}
