//! Keys for the signed API, and leave through it.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use insta::assert_snapshot;
use simulators::service::Fault;
use timeoff::admin::keys;

use super::with_database;
use crate::support::{House, Said, timeoff};

/// A file of this test alone, gone with it.
struct File(PathBuf);

impl File {
    fn new() -> Self {
        let name = format!("{}.pem", keys::new_id().unwrap());
        Self(Path::new(env!("CARGO_TARGET_TMPDIR")).join(name))
    }

    fn path(&self) -> &str {
        self.0.to_str().expect("a path")
    }
}

impl Drop for File {
    fn drop(&mut self) {
        // It may never have been written.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// What is said, with what differs each time replaced.
async fn said(house: &House, said: &str, file: &File) -> String {
    let ids: Vec<String> =
        sqlx::query_scalar("SELECT key_id FROM api_key ORDER BY created_at, name")
            .fetch_all(&house.database.owner)
            .await
            .expect("readable");
    let mut text = said.replace(file.path(), "FILE").replace(&house.url, "URL");
    for (number, id) in ids.iter().enumerate() {
        text = text.replace(id, &format!("key_{:016}", number + 1));
    }
    text
}

/// Runs an admin command that asks the server.
async fn ask(house: &House, file: &File, arguments: &[&str]) -> Said {
    let variables = [
        ("TIMEOFF_URL", house.url.as_str()),
        ("TIMEOFF_KEY_FILE", file.path()),
    ];
    let arguments: Vec<&str> = ["admin"].iter().chain(arguments).copied().collect();
    timeoff(&arguments, &variables, "").await
}

/// A house whose clock is the machine's, as the command's is.
async fn house_of_today() -> House {
    let house = House::open().await;
    house.clocks(&jiff::Timestamp::now().to_string());
    house
}

#[tokio::test]
async fn a_key_is_made_used_listed_and_revoked() {
    let house = house_of_today().await;
    let file = File::new();
    let add = with_database(
        &house,
        &["keys", "add", "payroll", "--out", file.path()],
        "",
    )
    .await;
    assert_snapshot!(said(&house, &add, &file).await, @"
    Added the key “payroll”: key_0000000000000001
    Its private half is in FILE and nowhere else: whoever has that file may use the API.
    Try it:  timeoff admin leaves --key FILE
    ");
    let mode = std::fs::metadata(file.path())
        .expect("written")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let text = std::fs::read_to_string(file.path()).expect("readable");
    assert!(
        !add.contains("PRIVATE") && text.contains("BEGIN PRIVATE KEY"),
        "{add}"
    );

    assert_snapshot!(ask(&house, &file, &["leaves"]).await.screen(), @"No leave like that.");
    house
        .execute("UPDATE api_key SET created_at = '2026-03-02 09:00Z', last_used_at = '2026-03-03 17:45:01Z' WHERE last_used_at IS NOT NULL")
        .await;
    let list = with_database(&house, &["keys", "list"], "").await;
    assert_snapshot!(said(&house, &list, &file).await, @"
    KEY                   NAME     ADDED                       LAST USED                   REVOKED
    key_0000000000000001  payroll  Mon 2 March 2026 09:00 UTC  Tue 3 March 2026 17:45 UTC
    ");

    let revoke = with_database(&house, &["keys", "revoke", "payroll"], "").await;
    assert_snapshot!(said(&house, &revoke, &file).await, @"Revoked the key “payroll” (key_0000000000000001). What it signs is refused from now on.");
    let again = with_database(&house, &["keys", "revoke", "payroll"], "").await;
    assert_snapshot!(again, @"
    No key in use is called “payroll”. `timeoff keys list` shows them.
    (failed)
    ");
    assert_snapshot!(ask(&house, &file, &["leaves"]).await.screen(), @"
    The key “payroll” was revoked. `timeoff keys add NAME` makes another. (key_revoked)
    (failed)
    ");
}

#[tokio::test]
async fn a_key_can_be_printed_or_brought_along() {
    let house = house_of_today().await;
    let (file, public) = (File::new(), File::new());
    let variables = [("DATABASE_URL", house.database.url.as_str())];
    let printed = timeoff(&["keys", "add", "printed", "--out", "-"], &variables, "").await;
    assert!(
        printed.success && !printed.err.contains("PRIVATE"),
        "{}",
        printed.screen()
    );
    std::fs::write(file.path(), &printed.out).expect("written");
    assert!(ask(&house, &file, &["leaves"]).await.success);

    let own = keys::generate().unwrap();
    std::fs::write(
        public.path(),
        keys::write_public(&own.verifying_key()).unwrap(),
    )
    .unwrap();
    let add = ["keys", "add", "own", "--public-key", public.path()];
    let added = with_database(&house, &add, "").await;
    assert_snapshot!(said(&house, &added, &file).await, @r#"
    Added the key “own”: key_0000000000000002
    Requests that are signed with its private half name it by keyid="key_0000000000000002".
    "#);
    let mut twice = vec![with_database(&house, &add, "").await];
    twice.push(
        with_database(
            &house,
            &["keys", "add", "again", "--public-key", public.path()],
            "",
        )
        .await,
    );
    assert_snapshot!(twice.join("\n"), @"
    This public key is registered already, or was until it was revoked. `timeoff keys list` shows it.
    (failed)
    This public key is registered already, or was until it was revoked. `timeoff keys list` shows it.
    (failed)
    ");

    // A key file from elsewhere has no id in it.
    let id: String = house
        .value("SELECT key_id FROM api_key WHERE name = 'own'")
        .await;
    let text = keys::KeyFile::write(&id, &own).unwrap();
    std::fs::write(file.path(), text.split_once('\n').expect("lines").1).unwrap();
    let nameless = ask(&house, &file, &["leaves"]).await.screen();
    assert_snapshot!(said(&house, &nameless, &file).await, @"
    FILE does not say the key's id. Name it with --key-id or TIMEOFF_KEY_ID; `timeoff keys list` shows it.
    (failed)
    ");
    assert!(
        ask(&house, &file, &["leaves", "--key-id", &id])
            .await
            .success
    );
}

#[tokio::test]
async fn what_cannot_be_a_key_is_refused_and_nothing_is_left() {
    let house = house_of_today().await;
    let (file, none) = (File::new(), File::new());
    let mut lines = Vec::new();
    for arguments in [
        &["keys", "add", "../evil"][..],
        &["keys", "add", "a", "--public-key", none.path()],
        &[
            "keys",
            "add",
            "a",
            "--workspace",
            "T9",
            "--out",
            none.path(),
        ],
        &["keys", "add", "a", "--out", "/no/such/folder/a.pem"],
        &["keys", "revoke", "a"],
        &["keys", "list"],
    ] {
        let text = with_database(&house, arguments, "").await;
        lines.push(text.replace(none.path(), "NONE"));
    }
    std::fs::write(
        file.path(),
        "-----BEGIN PUBLIC KEY-----\nnonsense\n-----END PUBLIC KEY-----",
    )
    .unwrap();
    let nonsense = ["keys", "add", "a", "--public-key", file.path()];
    lines.push(
        with_database(&house, &nonsense, "")
            .await
            .replace(file.path(), "FILE"),
    );
    let taken = ["keys", "add", "a", "--out", file.path()];
    lines.push(
        with_database(&house, &taken, "")
            .await
            .replace(file.path(), "FILE"),
    );
    assert_snapshot!(lines.join("\n"), @"
    “../evil” cannot be the name of a key: up to 40 letters, digits and . _ - can, with a letter or digit first and not key_.
    (failed)
    NONE: No such file or directory (os error 2)
    (failed)
    timeoff is not installed in T9.
    (failed)
    Cannot write /no/such/folder/a.pem: No such file or directory (os error 2)
    (failed)
    No key in use is called “a”. `timeoff keys list` shows them.
    (failed)
    No keys yet. `timeoff keys add NAME` makes one.
    FILE: This is not an Ed25519 public key in PEM (“-----BEGIN PUBLIC KEY-----”). `openssl pkey -in PRIVATE.pem -pubout` prints the one of a private key.
    (failed)
    FILE is there already. --out names another file.
    (failed)
    ");
    assert!(
        !none.0.exists(),
        "the file of a key that was not registered is left"
    );
    assert_eq!(house.value::<i64>("SELECT count(*) FROM api_key").await, 0);
}

#[tokio::test]
async fn everybodys_leave_is_listed_for_people_and_for_programs() {
    let house = House::with_services().await;
    house
        .harvest()
        .fault("time_entries.create", Fault::ServerError, None);
    house
        .is_granted(&house.asha(), "2026-03-02", "2026-03-03")
        .await;
    house.asks(&house.dev(), "2027-03-15", "2027-03-15").await;
    house.clocks(&jiff::Timestamp::now().to_string());
    let file = File::new();
    with_database(
        &house,
        &["keys", "add", "payroll", "--out", file.path()],
        "",
    )
    .await;
    let mut lines = Vec::new();
    for arguments in [
        &["leaves"][..],
        &["leaves", "--limit", "1"],
        &[
            "leaves",
            "--cursor",
            "2",
            "--user",
            "U_ASHA",
            "--from",
            "2026-03-01",
            "--to",
            "2026-03-31",
        ],
        &[
            "leaves",
            "--failed-service",
            "harvest",
            "--state",
            "failed",
            "--leave-type",
            "vacation",
        ],
        &["leaves", "--state", "gone"],
        &["leaves", "--user", "U_NOBODY"],
    ] {
        lines.push(ask(&house, &file, arguments).await.screen());
    }
    assert_snapshot!(lines.join("\n\n"), @"
    ID  WHO        KIND      DAYS                      STATE    OTHER SERVICES
    2   Dev Patel  vacation  Mon 15 March 2027         pending
    1   Asha Rao   vacation  Mon 2 – Tue 3 March 2026  failed   Calendar done; Harvest failed: Harvest answered 500: There was a server error.

    ID  WHO        KIND      DAYS               STATE    OTHER SERVICES
    2   Dev Patel  vacation  Mon 15 March 2027  pending

    There is more: add --cursor 2

    ID  WHO       KIND      DAYS                      STATE   OTHER SERVICES
    1   Asha Rao  vacation  Mon 2 – Tue 3 March 2026  failed  Calendar done; Harvest failed: Harvest answered 500: There was a server error.

    ID  WHO       KIND      DAYS                      STATE   OTHER SERVICES
    1   Asha Rao  vacation  Mon 2 – Tue 3 March 2026  failed  Calendar done; Harvest failed: Harvest answered 500: There was a server error.

    “state” cannot be “gone”: it is one of pending, confirmed, processing, completed, failed, cancelled, expired, denied. (parameter_invalid)
    (failed)

    No leave like that.
    ");
    let json = ask(&house, &file, &["leaves", "--json", "--limit", "1"]).await;
    let json: serde_json::Value = serde_json::from_str(&json.out).expect("JSON");
    assert_eq!(
        (&json["leaves"][0]["id"], &json["next_cursor"]),
        (&2.into(), &"2".into())
    );

    // It is followed until its end.
    assert_snapshot!(ask(&house, &file, &["retry", "1"]).await.screen(), @"
    Asha Rao, Mon 2 – Tue 3 March 2026: failed
      Calendar done
      Harvest failed: Harvest answered 500: There was a server error.
    It failed again.
    (failed)
    ");
    house.harvest().clear_faults();
    assert_snapshot!(ask(&house, &file, &["retry", "1"]).await.screen(), @"
    Asha Rao, Mon 2 – Tue 3 March 2026: completed
      Calendar done
      Harvest done
    ");
    let again = ask(&house, &file, &["retry", "1", "--json"]).await;
    assert_snapshot!(again.screen(), @"
    Nothing of this leave has failed: all of it is as it should be. (not_failed)
    (failed)
    ");
    assert_snapshot!(ask(&house, &file, &["retry", "2"]).await.screen(), @"
    This leave was never approved. (not_failed)
    (failed)
    ");
    assert_snapshot!(ask(&house, &file, &["retry", "99"]).await.screen(), @"
    There is no leave with this id in the workspace of this key. (not_found)
    (failed)
    ");
}

#[tokio::test]
async fn whatever_is_in_the_way_is_named() {
    let house = house_of_today().await;
    let file = File::new();
    let none = File::new();
    with_database(
        &house,
        &["keys", "add", "payroll", "--out", file.path()],
        "",
    )
    .await;
    let slack = house.slack.api_url();
    let odd = |url: &'static str| (url, file.path());
    let mut lines = Vec::new();
    for (url, key) in [
        odd("http://127.0.0.1:1"),
        odd("nowhere"),
        odd("ftp://here"),
        (slack.as_str(), file.path()),
        (house.url.as_str(), ""),
        (house.url.as_str(), none.path()),
    ] {
        let variables = [("TIMEOFF_URL", url), ("TIMEOFF_KEY_FILE", key)];
        let text = timeoff(&["admin", "leaves"], &variables, "").await.screen();
        let text = text.replace(&slack, "SLACK").replace(none.path(), "NONE");
        lines.push(said(&house, &text, &file).await);
    }
    std::fs::write(none.path(), "no key").unwrap();
    let text = ask(&house, &none, &["leaves"]).await.screen();
    lines.push(said(&house, &text, &none).await);
    lines.push(timeoff(&["admin", "retry", "1"], &[], "").await.screen());
    // PUBLIC_URL is asked where nothing else is said.
    let variables = [
        ("PUBLIC_URL", house.url.as_str()),
        ("TIMEOFF_KEY_FILE", file.path()),
    ];
    assert!(timeoff(&["admin", "leaves"], &variables, "").await.success);
    let text = ask(&house, &file, &["--workspace", "T1", "leaves"])
        .await
        .screen();
    lines.push(said(&house, &text, &file).await);
    house.clocks("2026-03-02T09:00:00Z");
    let late = ask(&house, &file, &["leaves"]).await.screen();
    assert!(late.ends_with("(signature_expired)\n(failed)"), "{late}");
    assert_snapshot!(lines.join("\n"), @"
    Cannot reach timeoff at http://127.0.0.1:1. Is it running (`timeoff all`)? --url or TIMEOFF_URL names another address.
    (failed)
    “nowhere” is not an address such as http://127.0.0.1:3000.
    (failed)
    “ftp://here” is not an address such as http://127.0.0.1:3000.
    (failed)
    SLACK answered 404 Not Found and not as timeoff does. Is it the right address? --url or TIMEOFF_URL names another.
    (failed)
    Which key? Name its file with --key FILE or TIMEOFF_KEY_FILE. `timeoff keys add NAME` makes a key.
    (failed)
    Cannot read the key file NONE: No such file or directory (os error 2). `timeoff keys add NAME` makes a key.
    (failed)
    FILE: This is not an Ed25519 private key in PEM (“-----BEGIN PRIVATE KEY-----”). `timeoff keys add NAME` makes one.
    (failed)
    Which key? Name its file with --key FILE or TIMEOFF_KEY_FILE. `timeoff keys add NAME` makes a key.
    (failed)
    The key says which workspace it is: leave --workspace out.
    (failed)
    ");
}
