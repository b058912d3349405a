//! `timeoff admin import-people`: reading people is the running app's work, so this asks for it and
//! looks on.

use std::time::{Duration, Instant};

use timeoff::platform::db::Db;
use timeoff::platform::ids::WorkspaceId;
use timeoff::workspace::people::{Begun, Import, begin_import, in_words, last_import};

use crate::{Failure, begin};

/// How often is looked.
const LOOK_AGAIN: Duration = Duration::from_millis(500);
/// If nothing moves for so long, nobody may be at work.
const PATIENCE: Duration = Duration::from_secs(15);

/// Asks for an import and shows how far it is until it ends.
pub async fn run(db: &Db, workspace: &WorkspaceId) -> Result<(), Failure> {
    let (mut tx, _) = begin(db, workspace).await?;
    let begun = begin_import(&mut tx, "command-line", None).await?;
    tx.commit().await?;
    match begun {
        Begun::Anew => {}
        Begun::Continued => println!("Going on where an earlier reading stopped."),
        Begun::Joined => println!("The people are being read already."),
    }
    let mut shown = String::new();
    let mut moved = (Instant::now(), 0);
    loop {
        let (mut tx, _) = begin(db, workspace).await?;
        let import = last_import(&mut tx).await?;
        let Some(import) = import else {
            return Ok(());
        };
        let words = plain(&in_words(&mut tx, &import).await?);
        tx.rollback().await?;
        if words != shown {
            println!("{words}");
            shown = words;
        }
        if let Import {
            ended_at: Some(_),
            stopped_why,
            ..
        } = import
        {
            return match stopped_why {
                None => Ok(()),
                Some(_) => Err("It can be asked for again.".into()),
            };
        }
        if moved.1 != import.page {
            moved = (Instant::now(), import.page);
        } else if moved.0.elapsed() > PATIENCE {
            println!(
                "Nothing moves for the moment: Slack may have asked to wait, or timeoff is not running. What is asked for is kept; the same command shows how far it is."
            );
            return Ok(());
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// Without what only Slack shows.
fn plain(words: &str) -> String {
    words
        .replace(":white_check_mark: ", "")
        .replace(":warning: ", "")
}
