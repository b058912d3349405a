//! The rate limit under many requests at once, and what does not count.

use jiff::SignedDuration;
use serde_json::json;

use super::payloads::{self, form, signed};
use crate::support::{House, Plan};

fn command(
    house: &House,
    user: &str,
    channel: &str,
    number: usize,
) -> simulators::slack::SignedRequest {
    let trigger = format!("{user}.{channel}.{number}.{}", house.now());
    signed(
        &house.slack,
        "/slack/commands",
        form(&payloads::command(user, channel, "help", &trigger)),
    )
}

/// How many of so many commands at once are granted.
async fn granted(house: &House, user: &str, channel: &str, count: usize) -> usize {
    let requests: Vec<_> = (0..count)
        .map(|number| command(house, user, channel, number))
        .collect();
    let replies = house.post_at_once(&requests).await;
    assert!(replies.iter().all(|reply| reply.status == 200));
    replies
        .iter()
        .filter(|reply| reply.body.contains("Here is what I can do"))
        .count()
}

#[tokio::test]
async fn many_at_once_never_get_more_than_the_bucket_holds() {
    let house = House::build(Plan {
        connections: 8,
        ..Plan::default()
    })
    .await;
    assert_eq!(granted(&house, "U_ASHA", "C_GENERAL", 70).await, 30);
    // One token comes back every 2 seconds, and not more than the bucket holds.
    house.pass(SignedDuration::from_millis(1_999));
    assert_eq!(granted(&house, "U_ASHA", "C_GENERAL", 10).await, 0);
    house.pass(SignedDuration::from_millis(1));
    assert_eq!(
        granted(&house, "U_BEN", "C_GENERAL", 10).await,
        1,
        "the channel's bucket, whoever writes"
    );
    house.pass(SignedDuration::from_secs(20));
    assert_eq!(granted(&house, "U_ASHA", "C_GENERAL", 20).await, 10);
    house.pass(SignedDuration::from_hours(3));
    assert_eq!(granted(&house, "U_ASHA", "C_GENERAL", 50).await, 30);
}

#[tokio::test]
async fn another_channel_and_another_workspace_have_buckets_of_their_own() {
    let house = House::open().await;
    house.execute("INSERT INTO workspace SELECT 'T2', NULL, 'Other', bot_user_id, bot_token, '{}', installed_at FROM workspace").await;
    assert_eq!(granted(&house, "U_ASHA", "C_GENERAL", 40).await, 30);
    assert_eq!(granted(&house, "U_ASHA", "C_OTHER", 5).await, 5);
    let elsewhere = form(&payloads::command("U_ASHA", "C_GENERAL", "help", "t"))
        .replace("team_id=T1", "team_id=T2");
    let reply = house.post("/slack/commands", elsewhere.as_bytes()).await;
    // She is not in that workspace, so the answer is another, but it is an answer.
    assert!(!reply.body.contains("wait"), "{reply:?}");
    assert_eq!(
        house
            .value::<i64>("SELECT count(*) FROM rate_bucket WHERE workspace_id = 'T2'")
            .await,
        1
    );
}

#[tokio::test]
async fn the_setting_of_the_workspace_is_the_limit() {
    let house = House::open().await;
    house
        .settings(|settings| settings.requests_per_minute = 3)
        .await;
    assert_eq!(granted(&house, "U_ASHA", "C_GENERAL", 10).await, 3);
    house.pass(SignedDuration::from_secs(20));
    assert_eq!(granted(&house, "U_ASHA", "C_GENERAL", 10).await, 1);
    // A lower limit holds at once, a higher one as the bucket fills.
    house
        .settings(|settings| settings.requests_per_minute = 60)
        .await;
    house.pass(SignedDuration::from_mins(1));
    assert_eq!(granted(&house, "U_ASHA", "C_GENERAL", 70).await, 60);
    house.pass(SignedDuration::from_mins(1));
    house
        .settings(|settings| settings.requests_per_minute = 2)
        .await;
    assert_eq!(granted(&house, "U_ASHA", "C_GENERAL", 70).await, 2);
}

#[tokio::test]
async fn whoever_waits_as_long_as_told_is_served() {
    let house = House::open().await;
    for limit in [1, 2, 7, 13, 29, 30, 59, 61] {
        house
            .settings(|settings| settings.requests_per_minute = limit)
            .await;
        house.pass(SignedDuration::from_mins(2));
        let channel = format!("C_LIMIT{limit}");
        assert_eq!(
            granted(&house, "U_ASHA", &channel, limit as usize).await,
            limit as usize
        );
        for millis in [0, 333, 777] {
            house.pass(SignedDuration::from_millis(millis));
            let mut seconds = None;
            for number in 0.. {
                let request = command(&house, "U_ASHA", &channel, number);
                let reply = house.post_at_once(&[request]).await.remove(0);
                if let Some(rest) = reply.body.split("wait ").nth(1) {
                    seconds = rest
                        .split(' ')
                        .next()
                        .and_then(|number| number.parse().ok());
                    break;
                }
            }
            let seconds = seconds.expect("a number of seconds");
            house.pass(SignedDuration::from_secs(seconds));
            assert_eq!(
                granted(&house, "U_ASHA", &channel, 1).await,
                1,
                "{limit} a minute, told to wait {seconds} s"
            );
        }
    }
}

#[tokio::test]
async fn a_copy_and_a_refused_form_take_no_token() {
    let house = House::open().await;
    let event = payloads::written_to("Ev1", "U_ASHA", "hello").to_string();
    let left = "SELECT tokens FROM rate_bucket ORDER BY refilled_at DESC, tokens LIMIT 1";
    for _ in 0..5 {
        house.post("/slack/events", event.as_bytes()).await;
    }
    let tokens: f64 = house.value(left).await;
    assert!((tokens - 29.0).abs() < 1e-9, "{tokens}");

    let saturday = jiff::civil::date(2026, 3, 7);
    for _ in 0..4 {
        let form = payloads::interaction(&payloads::asks_for("U_BEN", "V1", saturday));
        let reply = house.post("/slack/interactivity", form.as_bytes()).await;
        assert!(reply.body.contains("errors"), "{reply:?}");
    }
    let buckets: i64 = house
        .value("SELECT count(*) FROM rate_bucket WHERE channel_id = 'U_BEN'")
        .await;
    assert_eq!(buckets, 0);
}

#[tokio::test]
async fn changes_of_the_directory_are_never_refused() {
    let house = House::open().await;
    let tokens: i64 = house.value("SELECT count(*) FROM rate_bucket").await;
    for number in 0..40 {
        let member = json!({"id": "U_DEV", "name": "dev", "tz": "Europe/London", "profile": {"real_name": format!("Dev {number}")}});
        let changed = payloads::event(
            &format!("Ev{number}"),
            &json!({"type": "user_change", "user": member}),
        );
        assert_eq!(
            house
                .post("/slack/events", changed.to_string().as_bytes())
                .await
                .status,
            200
        );
    }
    house.settle().await;
    let name: String = house
        .value("SELECT name FROM person WHERE user_id = 'U_DEV'")
        .await;
    assert_eq!(name, "Dev 39");
    assert_eq!(
        house.dev().dm(),
        "",
        "whose profile changes has not asked for anything"
    );
    assert_eq!(
        house.value::<i64>("SELECT count(*) FROM rate_bucket").await,
        tokens
    );
}
