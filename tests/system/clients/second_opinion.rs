//! A second opinion on messages of the leave channel.

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use simulators::openai::{OpenAiConfig, OpenAiSim};
use simulators::service::Fault;
use timeoff::clients::openai::OpenAi;
use timeoff::leave::model::Portion;
use timeoff::leave::understanding::second_opinion::{read, reconsider};
use timeoff::leave::understanding::{
    self, Category, Confidence, Doubt, Intent, MeantDay, Message, Reading,
};

use super::logs::{logged, own_lines};
use super::openai::client;
use super::{LIMITS, SLOW};

const TEXT: &str = "PLANTED fever, so not around the day after the demo, ask <@U0PLANTEDID>";

struct Setup {
    sim: OpenAiSim,
    openai: OpenAi,
}

impl Setup {
    async fn new() -> Self {
        let sim = OpenAiSim::new(OpenAiConfig::default());
        sim.start().await.unwrap();
        let openai = client(&sim, LIMITS, &[]);
        Self { sim, openai }
    }

    /// What becomes of a reading once the model has said what it was told to say.
    async fn settled(&self, own: Reading) -> Reading {
        let zone = TimeZone::get("Asia/Kolkata").unwrap();
        let thread = ["off on the 5th".to_owned()];
        let message = Message {
            text: TEXT,
            today: today(),
            zone: &zone,
            thread: &thread,
            about_leave: false,
        };
        reconsider(&self.openai, &message, own).await
    }
}

fn today() -> Date {
    date(2026, 3, 2)
}

fn reading(intent: Intent, days: Vec<MeantDay>, confidence: Confidence) -> Reading {
    Reading {
        intent,
        days,
        confidence,
        doubts: vec![Doubt::NotAllUnderstood],
        dropped: Vec::new(),
    }
}

fn full(date: Date) -> MeantDay {
    MeantDay {
        date,
        portion: Portion::Full,
        category: Category::Vacation,
    }
}

fn own() -> Reading {
    reading(
        Intent::Request,
        vec![full(date(2026, 3, 3))],
        Confidence::Medium,
    )
}

fn answer(intent: &str, days: &[(&str, &str, &str, &str)]) -> Value {
    let days = days.iter().map(|(date, weekday, portion, category)| {
        json!({"date": date, "weekday": weekday, "portion": portion, "category": category})
    });
    json!({"intent": intent, "days": days.collect::<Vec<_>>()})
}

#[tokio::test]
async fn a_good_answer_is_used_and_asks_to_look_twice() {
    let setup = Setup::new().await;
    setup.sim.answers(answer(
        "request",
        &[
            ("2026-03-04", "Wednesday", "full", "sick"),
            ("2026-03-05", "Thursday", "half_am", "sick"),
        ],
    ));
    let low = reading(Intent::Unclear, Vec::new(), Confidence::Low);
    let settled = setup.settled(low).await;
    insta::assert_snapshot!(serde_json::to_string_pretty(&settled).unwrap(), @r#"
    {
      "intent": "request",
      "days": [
        {
          "date": "2026-03-04",
          "portion": "full",
          "category": "sick"
        },
        {
          "date": "2026-03-05",
          "portion": "half_am",
          "category": "sick"
        }
      ],
      "confidence": "medium",
      "doubts": [
        "I did not understand all of it: please look twice."
      ],
      "dropped": []
    }
    "#);

    let sent = &setup.sim.calls()[0].body;
    assert_eq!(sent["store"], false);
    let input: Value = serde_json::from_str(sent["input"].as_str().unwrap()).unwrap();
    assert_eq!(
        input["message"],
        "PLANTED fever, so not around the day after the demo, ask @someone"
    );
    assert_eq!(input["earlier_messages"], json!(["off on the 5th"]));
    let instructions = sent["instructions"].as_str().unwrap();
    assert!(instructions.contains("What a leave message means"));
}

#[tokio::test]
async fn every_intent_can_be_the_answer() {
    let setup = Setup::new().await;
    let mut seen = Vec::new();
    for (intent, days) in [
        ("none", vec![]),
        ("unclear", vec![]),
        ("cancel", vec![]),
        ("cancel", vec![("2026-03-06", "Friday", "full", "vacation")]),
    ] {
        setup.sim.answers(answer(intent, &days));
        let settled = setup.settled(own()).await;
        let doubts: Vec<String> = settled.doubts.iter().map(ToString::to_string).collect();
        seen.push(format!(
            "{} {:?} {} {doubts:?}",
            settled.intent.as_str(),
            settled
                .days
                .iter()
                .map(|it| it.date.to_string())
                .collect::<Vec<_>>(),
            settled.confidence.as_str(),
        ));
    }
    insta::assert_snapshot!(seen.join("\n"), @r#"
    none [] medium []
    unclear [] medium ["I could not find which day you mean."]
    cancel [] medium ["I could not see which leave you mean."]
    cancel ["2026-03-06"] medium ["I did not understand all of it: please look twice."]
    "#);
}

#[tokio::test]
async fn two_that_agree_are_no_surer_than_one_that_is() {
    let setup = Setup::new().await;
    setup.sim.answers(answer(
        "request",
        &[("2026-03-03", "Tuesday", "full", "vacation")],
    ));
    let low = Reading {
        confidence: Confidence::Low,
        ..own()
    };
    assert_eq!(setup.settled(low).await, own());

    let cancel = Reading {
        intent: Intent::Cancel,
        ..own()
    };
    // What is taken back has no portion.
    setup.sim.answers(answer(
        "cancel",
        &[("2026-03-03", "Tuesday", "half_pm", "sick")],
    ));
    assert_eq!(setup.settled(cancel.clone()).await, cancel);
}

#[tokio::test]
async fn nobody_is_asked_about_what_is_certain() {
    let setup = Setup::new().await;
    let certain = Reading {
        confidence: Confidence::High,
        doubts: Vec::new(),
        ..own()
    };
    assert_eq!(setup.settled(certain.clone()).await, certain);
    // Nor about what only the author can say.
    for doubt in [
        Doubt::NoSuchDate("31 April".to_owned()),
        Doubt::WeekdayDisagrees {
            date: date(2026, 3, 3),
            written: jiff::civil::Weekday::Monday,
        },
    ] {
        let contradiction = Reading {
            doubts: vec![doubt],
            ..reading(Intent::Unclear, Vec::new(), Confidence::Medium)
        };
        assert_eq!(setup.settled(contradiction.clone()).await, contradiction);
    }
    assert_eq!(setup.sim.calls(), []);
}

#[tokio::test]
async fn only_what_the_rules_do_not_understand_for_certain_is_sent() {
    let setup = Setup::new().await;
    let zone = TimeZone::get("Asia/Kolkata").unwrap();
    for (text, certain) in [
        ("On leave tomorrow", true),
        ("Sick today, half day tomorrow afternoon", true),
        ("Thanks everybody!", true),
        ("On leave 31 April", true),
        (
            "out for the xyzzy thing on Friday, off grid-ish, leave or so from the 9th",
            false,
        ),
        (
            "leave plugh fri frobnicate the 12th, back whenever, maybe the 13th",
            false,
        ),
    ] {
        let message = Message {
            text,
            today: today(),
            zone: &zone,
            thread: &[],
            about_leave: false,
        };
        let before = setup.sim.calls().len();
        setup.sim.answers(answer("none", &[]));
        let settled = read(Some(&setup.openai), &message).await;
        let asked = setup.sim.calls().len() > before;
        assert_eq!(asked, !certain, "{text}");
        if certain {
            assert_eq!(settled, understanding::read(&message), "{text}");
        } else {
            assert_eq!(settled.intent, Intent::None, "{text}");
        }
    }
}

#[tokio::test]
async fn without_a_key_the_rules_read_alone() {
    let zone = TimeZone::UTC;
    let message = Message {
        text: "on leave tomorrow",
        today: today(),
        zone: &zone,
        thread: &[],
        about_leave: false,
    };
    assert_eq!(read(None, &message).await, understanding::read(&message));
}

#[tokio::test]
async fn nonsense_leaves_the_first_reading_as_it_was() {
    let setup = Setup::new().await;
    let day = |date, weekday| (date, weekday, "full", "vacation");
    let year: Vec<Date> = today()
        .series(jiff::Span::new().days(1))
        .take(400)
        .collect();
    let names: Vec<(String, String)> = year
        .iter()
        .map(|date| (date.to_string(), date.strftime("%A").to_string()))
        .collect();
    let mut verdicts = Vec::new();
    for (intent, days) in [
        ("request", vec![]),
        ("none", vec![day("2026-03-04", "Wednesday")]),
        ("unclear", vec![day("2026-03-04", "Wednesday")]),
        ("request", vec![day("2026-04-31", "Friday")]),
        ("request", vec![day("2025-12-31", "Wednesday")]),
        ("request", vec![day("2036-03-04", "Tuesday")]),
        ("request", vec![day("2026-03-04", "Friday")]),
        (
            "request",
            vec![
                day("2026-03-05", "Thursday"),
                day("2026-03-04", "Wednesday"),
            ],
        ),
        (
            "request",
            names
                .iter()
                .map(|(date, weekday)| day(date, weekday))
                .collect(),
        ),
    ] {
        setup.sim.answers(answer(intent, &days));
        let (settled, log) = logged(setup.settled(own())).await;
        assert_eq!(settled, own(), "{intent} {days:?}");
        let line = own_lines(&log);
        let line = line.lines().last().unwrap();
        verdicts.push(line.trim().to_owned());
    }
    insta::assert_snapshot!(verdicts.join("\n"), @"
    WARN timeoff::leave::understanding::second_opinion: the model's answer is not used why=a request without days
    WARN timeoff::leave::understanding::second_opinion: the model's answer is not used why=days where there cannot be any
    WARN timeoff::leave::understanding::second_opinion: the model's answer is not used why=days where there cannot be any
    WARN timeoff::leave::understanding::second_opinion: the model's answer is not used why=a date that no calendar has
    WARN timeoff::leave::understanding::second_opinion: the model's answer is not used why=a date before this year
    WARN timeoff::leave::understanding::second_opinion: the model's answer is not used why=a date years ahead
    WARN timeoff::leave::understanding::second_opinion: the model's answer is not used why=a weekday beside a date that falls on another
    WARN timeoff::leave::understanding::second_opinion: the model's answer is not used why=dates that are not in order, or twice the same
    WARN timeoff::leave::understanding::second_opinion: the model's answer is not used why=more days than a year has
    ");
}

#[tokio::test]
async fn whatever_fails_leaves_the_first_reading_as_it_was() {
    let setup = Setup::new().await;
    let good = || answer("request", &[("2026-03-04", "Wednesday", "full", "sick")]);
    for fault in [
        Fault::ServerError,
        Fault::RateLimited(1),
        Fault::Slow(SLOW),
        Fault::Down,
        Fault::LoseAnswer,
    ] {
        setup.sim.answers(good());
        setup.sim.fault("*", fault, Some(1));
        assert_eq!(setup.settled(own()).await, own(), "{fault:?}");
    }
    assert_eq!(setup.sim.calls().len(), 5, "nothing is repeated");

    let setup = Setup::new().await;
    setup.sim.refuses("I cannot help with that.");
    setup.sim.stops();
    setup.sim.breaks_down();
    setup
        .sim
        .answers_text("{\"intent\": \"request\", \"days\": [");
    setup
        .sim
        .answers_text("{\"intent\": \"party\", \"days\": []}");
    setup
        .sim
        .answers_text("{\"intent\": \"none\", \"days\": [], \"note\": \"hello\"}");
    setup.sim.answers_text("on leave tomorrow, I think");
    for _ in 0..7 {
        assert_eq!(setup.settled(own()).await, own());
    }
    let elsewhere = Setup {
        openai: client(&setup.sim, LIMITS, &[("OPENAI_API_KEY", "sk-other")]),
        sim: setup.sim,
    };
    assert_eq!(elsewhere.settled(own()).await, own());
    assert_eq!(elsewhere.sim.calls().len(), 8);
}

#[tokio::test]
async fn the_log_knows_the_figures_and_not_the_message() {
    let setup = Setup::new().await;
    let days = [("2026-03-04", "Wednesday", "full", "sick")];
    setup.sim.answers(answer("request", &days));
    let (_, mut log) = logged(setup.settled(own())).await;
    setup.sim.answers_text("PLANTED 2026-03-04 sick");
    log += &logged(setup.settled(own())).await.1;
    setup.sim.fault("*", Fault::ServerError, Some(1));
    log += &logged(setup.settled(own())).await.1;
    let key = &setup.sim.environment()[0].1;
    for secret in ["PLANTED", "fever", "2026-03-0", "Wednesday", key] {
        assert!(!log.contains(secret), "{secret}: {log}");
    }
    assert!(log.contains("cost_usd=0.000"), "{log}");
}
