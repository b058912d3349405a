//! What each clause speaks of: the author's leave, work, illness, somebody else, or nothing that
//! matters here.

use super::clauses::{Clause, Link, Role, is_day, is_filler, voice};
use super::meant::{away, is_meant, moves_other};
use super::phrases::{Base, Item, Kind, Point};
use super::subject::{Whose, others_illness, subject};
use super::words::{Part, Tag, Voice};

/// Tells what each clause speaks of.
pub(super) fn judge(mut clauses: Vec<Clause>) -> Vec<Clause> {
    for clause in &mut clauses {
        mark_work(clause);
        clause.unknown = clause
            .items
            .iter()
            .filter(|item| matches!(item.kind, Kind::Word | Kind::Number(_)))
            .count();
        clause.past = is_past(clause);
        books_days(clause);
    }
    let passing = clauses.iter().any(|clause| clause.has(Tag::Passing))
        && !clauses.iter().any(|clause| clause.has(Tag::Report));
    for at in 0..clauses.len() {
        let before = at.checked_sub(1).map(|at| &clauses[at]);
        let role = role(&clauses[at], before, passing);
        clauses[at].role = role;
    }
    for at in 1..clauses.len() {
        let (before, clause) = (&clauses[at - 1], &clauses[at]);
        // "not coming to office today, working from home"
        let place = before.leave().is_some_and(|(at, voice)| {
            let text = before.items[at].text.as_str();
            voice == Voice::Absent
                && ["office", "come", "coming", "be in", "make it", "not in"]
                    .iter()
                    .any(|word| text.contains(word))
        });
        let works = |clause: &Clause| {
            clause.role == Role::Work
                && clause.has(Tag::Works)
                && matches!(clause.link, Link::And | Link::But | Link::So)
                && !clause.has_days()
                && clause.unknown <= 2
        };
        let reason = clause.link == Link::Reason && !clause.has_days();
        let from_home = before.role == Role::Leave
            && place
            && (works(clause) || reason && clauses.get(at + 1).is_some_and(works));
        // "I said Thursday but I meant Friday off"
        let corrected = before.any(|item| item.is(Tag::Only) && item.text == "i said")
            && before.leave().is_none()
            && clause.has(Tag::Only);
        if from_home {
            clauses[at - 1].role = Role::Work;
        } else if corrected {
            clauses[at - 1].role = Role::Passing;
        }
    }
    // "offline for about 3 hours"
    for at in 1..clauses.len() {
        let (before, clause) = (&clauses[at - 1], &clauses[at]);
        let hours = clause.role == Role::NotLeave
            && clause.link == Link::Reason
            && clause.any(|item| item.is(Tag::Short) && item.text.contains("hour"));
        let soft = before.role == Role::Leave
            && matches!(before.leave(), Some((_, Voice::Soft)))
            && !before.has_days();
        if hours && soft {
            clauses[at - 1].role = Role::NotLeave;
        }
    }
    // "leaving now and taking the second half off": today's, whatever comes after.
    for at in 1..clauses.len() {
        let (before, clause) = (&clauses[at - 1], &clauses[at]);
        let goes = (before.has(Tag::Leaves) || before.has(Tag::Short))
            && before.has(Tag::Now)
            && !before.has_days();
        let part = clause.items.iter().position(|item| {
            matches!(item.kind, Kind::Tag(Tag::Part(part) | Tag::HalfDay(part)) if part != Part::Full)
        });
        let undated = clause.role == Role::Leave
            && clause.link != Link::Sentence
            && !clause.has_days()
            && !clause.any(|item| matches!(item.kind, Kind::Length(_)));
        if let Some(part) = part
            && goes
            && undated
        {
            let today = Item {
                kind: Kind::Day(Point {
                    base: Base::FromToday(0),
                    alias: None,
                    part: None,
                }),
                text: "today".to_owned(),
                capital: false,
                possessive: false,
            };
            // Half of the day, and it is left now: the second half.
            let half = &mut clauses[at].items[part];
            if let Kind::Tag(Tag::Part(part @ Part::Half) | Tag::HalfDay(part @ Part::Half)) =
                &mut half.kind
            {
                *part = Part::Afternoon;
            }
            clauses[at].items.insert(part + 1, today);
        }
    }
    // "unwell from yesterday": since then.
    for clause in &mut clauses {
        if clause.role == Role::Ill && clause.leave().is_none() {
            for item in &mut clause.items {
                if let Kind::From(point) = &item.kind {
                    item.kind = Kind::Since(point.clone());
                }
            }
        }
    }
    // "Jane is off Monday and so am I"
    for at in 1..clauses.len() {
        let (before, clause) = (&clauses[at - 1], &clauses[at]);
        let too = before.role == Role::Others
            && before.has_days()
            && before.leave().is_some()
            && matches!(clause.link, Link::So | Link::And)
            && clause.items.len() <= 3
            && clause.any(|item| item.is(Tag::Me) && matches!(item.text.as_str(), "i" | "me"))
            && (clause.link == Link::So && clause.has(Tag::Be)
                || clause.has(Tag::Too)
                || clause.any(|item| item.text == "i too"))
            && clause.unknown == 0;
        if too {
            clauses[at - 1].role = Role::Leave;
            clauses[at - 1].guessed = true;
        }
    }
    let reports = clauses.iter().any(|clause| clause.has(Tag::Report));
    for at in 1..clauses.len() {
        let (before, clause) = (&clauses[at - 1], &clauses[at]);
        // "dentist for my daughter"
        let for_family = matches!(before.role, Role::Medical | Role::Ill)
            && clause.link == Link::Reason
            && clause.role == Role::Other
            && !before.has(Tag::Me)
            && before.leave().is_none()
            && clause.items.iter().take(3).any(|item| item.is(Tag::Family));
        // "I was out on Tuesday when this got merged"
        let aside = before.role == Role::Leave
            && before.past
            && clause.link == Link::While
            && !reports
            && !clause.has(Tag::Ill)
            && !clause.has_days();
        if for_family {
            clauses[at - 1].role = Role::Others;
        } else if aside {
            clauses[at - 1].role = Role::Passing;
        }
    }
    // "out Friday, conference in Berlin"
    for at in 1..clauses.len() {
        let trip = &clauses[at];
        let for_work = trip.role == Role::Work
            && trip.has(Tag::WorkTrip)
            && matches!(trip.link, Link::And | Link::Reason)
            && !trip.has_days()
            && !trip.has(Tag::Contact)
            && !trip.has(Tag::Other)
            && trip.unknown <= 2;
        let before = &clauses[at - 1];
        let elsewhere = before.role == Role::Leave
            && before
                .leave()
                .is_some_and(|(place, voice)| away(before, place, voice));
        if for_work && elsewhere {
            clauses[at - 1].role = Role::NotLeave;
        }
    }
    clauses
}

/// "in" before a day, after a subject or at the start, says that the author works.
fn mark_work(clause: &mut Clause) {
    for at in 0..clause.items.len() {
        if !clause.items[at].is(Tag::In) {
            continue;
        }
        let after = clause.items.get(at + 1);
        let day_after = after.is_none_or(|item| {
            matches!(item.kind, Kind::Day(_) | Kind::Span(_) | Kind::Range(..))
                || item.is(Tag::On)
                || item.is(Tag::AfterAll)
                // "in till 1 pm"
                || matches!(item.kind, Kind::Until(_))
                || item.is(Tag::Until)
                || matches!(item.kind, Kind::Tag(Tag::Part(_))) && part_away(clause).is_some()
        });
        let before = clause.items[..at]
            .iter()
            .rev()
            .find(|item| !item.is(Tag::Filler));
        let subject = before.is_none_or(|item| {
            item.is(Tag::Me) || item.is(Tag::Be) || item.is(Tag::Future) || item.is(Tag::And)
        });
        if day_after && subject {
            clause.items[at].kind = Kind::Tag(Tag::WorkHere);
        }
    }
}

/// "I've booked a fortnight from 30 March": what is taken is leave, though no word says so.
fn books_days(clause: &mut Clause) {
    let taken = clause.items.iter().position(|item| {
        matches!(item.kind, Kind::Tag(Tag::Want | Tag::Take))
            && ["book", "taking", "take", "took"]
                .iter()
                .any(|word| item.text.starts_with(word))
    });
    let Some(at) = taken else {
        return;
    };
    let days = clause.items[at + 1..].iter().all(|item| {
        is_day(item)
            || is_filler(item)
            || matches!(item.kind, Kind::Length(_) | Kind::Comma | Kind::Dash)
    }) && clause.items[at + 1..].iter().any(is_day);
    let author = clause.items[..at].iter().all(|item| {
        matches!(
            item.kind,
            Kind::Tag(
                Tag::Me | Tag::Be | Tag::Take | Tag::Future | Tag::Filler | Tag::Past | Tag::Want
            )
        )
    });
    let said = clause.has(Tag::Me)
        || at == 0 && clause.link == Link::Sentence && clause.items[at].text == "taking";
    if days && author && clause.leave().is_none() && !clause.question && said {
        clause.items[at].kind = Kind::Tag(Tag::Leave(Voice::Thing, None));
        clause.guessed = true;
    }
}

fn is_past(clause: &Clause) -> bool {
    let asked = clause.has(Tag::Ask);
    let future = clause.has(Tag::Future);
    // "my leave was approved" is no past leave.
    let approved = clause
        .items
        .windows(2)
        .any(|two| two[0].is(Tag::Past) && two[1].is(Tag::Ack));
    let past = !approved
        && clause.any(|item| {
            item.is(Tag::Past)
                || item.text.starts_with("couldnt")
                || item.text.starts_with("could not")
                || item.text.starts_with("didnt")
                || item.text.starts_with("did not")
                || item.text.starts_with("wasnt")
                || item.text.starts_with("was ")
                || item.text == "took off"
                || item.text == "called in sick"
        });
    // "forgot to apply leave for Monday", and not "forgot to mention I'm on leave on Friday"
    let forgot = clause
        .any(|item| item.text.starts_with("forgot") || item.text.starts_with("missed"))
        && !clause.has(Tag::Be)
        && matches!(clause.leave(), Some((_, Voice::Thing)));
    // "sick leave taken on the 4th"
    let taken = clause.items.windows(2).any(|two| {
        voice(&two[0]).is_some() && matches!(two[1].text.as_str(), "taken" | "availed" | "took")
    }) && !clause.has(Tag::Be);
    (past || forgot || taken) && !asked && !future
}

fn role(clause: &Clause, before: Option<&Clause>, passing: bool) -> Role {
    let leave = clause.leave();
    if clause.any(|item| matches!(item.kind, Kind::Back(_))) {
        return Role::Back;
    }
    let whose = subject(clause);
    let policy = clause.has(Tag::Policy);
    let changes = clause.has(Tag::Move)
        || clause.has(Tag::Extend)
        || clause.has(Tag::MakeIt)
        || clause.has(Tag::Cancel);
    let asks = clause.has(Tag::Ask)
        || clause.has(Tag::AskYou) && changes
        || clause.has(Tag::AskYou)
            && clause.has(Tag::Me)
            && leave.is_some()
            && !clause.has(Tag::Contact);
    let first = clause
        .items
        .iter()
        .position(|item| !item.is(Tag::Filler))
        .unwrap_or(0);
    let next_is_thing = clause.items.get(first + 1).is_some_and(|item| {
        matches!(
            item.kind,
            Kind::Tag(Tag::It | Tag::The | Tag::Topic | Tag::Leave(..))
        ) || matches!(item.text.as_str(), "my" | "our" | "this" | "that" | "it")
    });
    // "is my leave approved?", "did my leave get approved?", "will it count?"
    let begins_asking = clause.question
        && clause.items.get(first).is_some_and(|item| {
            item.is(Tag::Be)
                || matches!(
                    item.text.as_str(),
                    "has" | "have" | "did" | "was" | "were" | "do" | "does" | "will" | "would"
                ) && next_is_thing
        });
    let asked_before = before.is_some_and(|before| {
        before.role == Role::NotLeave
            && (before.has(Tag::Question) || clause.link == Link::Reason)
            && before.question
            && clause.question
            && matches!(clause.link, Link::Reason | Link::And | Link::If)
    }) || before.is_some_and(|before| {
        before.role == Role::NotLeave
            && before.has(Tag::Topic)
            && clause.link == Link::Reason
            && !clause.has(Tag::Me)
    });
    let topic = clause.items.iter().position(|item| item.is(Tag::Topic));
    let about_topic = topic.is_some()
        && leave.is_some()
        && !clause.any(|item| {
            item.is(Tag::Me) && !matches!(item.text.as_str(), "my" | "our")
                || item.is(Tag::Take)
                || item.is(Tag::Want)
                || item.is(Tag::Past)
        });
    // "the vacation module": says which module, and not that anybody is away.
    let of_topic = leave.is_some_and(|(at, voice)| {
        voice == Voice::Thing
            && clause
                .items
                .get(at + 1)
                .is_some_and(|next| next.is(Tag::Topic))
            && clause.items[at + 1..]
                .iter()
                .all(|item| super::clauses::voice(item).is_none())
    });
    let coded = leave.is_some_and(|(at, _)| {
        matches!(clause.items.get(at + 1).map(|item| &item.kind), Some(Kind::Number(number)) if *number > 31)
    });
    if asks_something(clause) && !clause.has(Tag::Ask)
        || (begins_asking || asked_before) && !asks
        || about_topic
        || topic.is_some() && leave.is_some() && clause.has(Tag::Cancel)
        || coded
        || of_topic
        || policy
        || clause.question && whose != Whose::Author && !asks
    {
        return Role::NotLeave;
    }
    if let Some(role) = cancels(clause, whose) {
        return role;
    }
    // "withdraw my CL of 16th and EL of 19th"
    if before.is_some_and(|before| before.role == Role::Cancel)
        && clause.link == Link::And
        && matches!(leave, Some((0..=1, Voice::Thing | Voice::State)))
        && !clause.any(|item| {
            matches!(
                item.kind,
                Kind::Tag(Tag::Me | Tag::Take | Tag::Want | Tag::Instead | Tag::Future)
            )
        })
    {
        return Role::Cancel;
    }
    if clause.has(Tag::AskYou) && !asks {
        return Role::NotLeave;
    }
    let undecided = clause.has(Tag::Undecided)
        || clause.link == Link::If && !clause.has(Tag::Ask)
        || before.is_some_and(|before| {
            before.link == Link::If && clause.link == Link::And && !before.has(Tag::Ask)
        });
    if let Some((at, voice)) = leave {
        if passing && clause.past || clause.link == Link::While || passing_words(clause) {
            return Role::Passing;
        }
        if whose == Whose::Other {
            return Role::Others;
        }
        if !is_meant(clause, at, voice) {
            return Role::NotLeave;
        }
        // "Take the day off!" is said to somebody.
        let said_to = clause.has(Tag::You)
            || before.is_some_and(|before| before.has(Tag::You) && before.leave().is_none());
        let told = (clause.link == Link::Sentence || said_to)
            && clause
                .items
                .iter()
                .find(|item| !item.is(Tag::Filler))
                .is_some_and(|item| {
                    item.is(Tag::Take) && item.text == "take" || item.text.starts_with("take the")
                });
        // "client visit tomorrow, out of office"
        let at_work = before
            .is_some_and(|before| before.has(Tag::WorkTrip) && before.leave().is_none())
            && matches!(clause.link, Link::And | Link::So)
            && away(clause, at, voice)
            && !clause.has_days();
        if told || at_work {
            return Role::NotLeave;
        }
        if undecided {
            return Role::Undecided;
        }
        let negated = clause.items[..at]
            .iter()
            .rev()
            .take(4)
            .any(|item| item.is(Tag::Not))
            && voice != Voice::Absent;
        if negated {
            return Role::Work;
        }
        return Role::Leave;
    }
    if clause.has(Tag::Short) {
        return Role::NotLeave;
    }
    let ill = clause.has(Tag::Ill) || clause.has(Tag::IllEmoji);
    let medical = clause.has(Tag::Medical);
    if (ill || medical) && !clause.has(Tag::Contact) {
        // "taking mom to the doctor"
        let taken_there =
            clause.link == Link::Reason && before.is_some_and(|before| before.has(Tag::Family));
        if whose == Whose::Other || others_illness(clause) || taken_there {
            return Role::Others;
        }
        if passing && clause.past || clause.link == Link::While {
            return Role::Passing;
        }
        return if ill { Role::Ill } else { Role::Medical };
    }
    if clause.has(Tag::WorkTrip) {
        return Role::Work;
    }
    if clause.any(|item| {
        matches!(
            item.kind,
            Kind::Tag(Tag::Works | Tag::WorkHere | Tag::Arrives | Tag::Leaves)
        )
    }) {
        return if whose == Whose::Other {
            Role::Others
        } else {
            Role::Work
        };
    }
    if undecided {
        return Role::Undecided;
    }
    if whose == Whose::Other
        || clause.has(Tag::Contact)
        || clause.any(|item| item.kind == Kind::Mention)
    {
        return Role::Other;
    }
    // "Morning!" is a greeting.
    if before.is_none()
        && matches!(clause.items.as_slice(), [only] if matches!(only.text.as_str(), "morning" | "afternoon" | "evening" | "mrng" | "morn"))
    {
        return Role::Other;
    }
    let part = clause.any(|item| matches!(item.kind, Kind::Tag(Tag::Part(_)) | Kind::Clock(_)));
    if clause.has(Tag::Back) && (clause.has_days() || part) {
        return Role::Work;
    }
    let bare_part = clause.link == Link::Sentence
        && clause.any(|item| {
            matches!(item.kind, Kind::Tag(Tag::Part(_))) && !item.text.contains("half")
        })
        && !clause.has_days();
    if bare_part && before.is_some() {
        return Role::Other;
    }
    let days = clause.any(|item| item.is_dayish() || is_day(item));
    let counted = clause.any(|item| matches!(item.kind, Kind::Length(_))) && !clause.has_days();
    if days
        && clause.unknown == 0
        && (clause.link != Link::Reason || counted)
        && !clause.has(Tag::Family)
        && !(clause.has(Tag::Move) && moves_other(clause))
    {
        return Role::Days;
    }
    Role::Other
}

/// Begins with a question word, or is asked with one.
fn asks_something(clause: &Clause) -> bool {
    let Some(at) = clause.items.iter().position(|item| item.is(Tag::Question)) else {
        return false;
    };
    clause.question
        || clause.items[..at].iter().all(|item| {
            matches!(
                item.kind,
                Kind::Tag(Tag::Filler | Tag::And | Tag::So | Tag::Ack | Tag::Only | Tag::Too)
                    | Kind::Mention
            )
        })
}

/// "back from leave", "when on leave".
fn passing_words(clause: &Clause) -> bool {
    clause.items.windows(2).any(|two| {
        (two[0].is(Tag::Back) || two[0].is(Tag::Arrives) || two[0].is(Tag::Passing))
            && (two[1].is(Tag::From) || voice(&two[1]).is_some())
    }) || clause.has(Tag::Passing)
        && clause.leave().is_some()
        && !clause.has_days()
        && clause.items.iter().any(|item| item.is(Tag::From))
}

/// Whether a clause takes leave back.
fn cancels(clause: &Clause, whose: Whose) -> Option<Role> {
    let leave = clause.leave().is_some();
    let strong = clause
        .leave()
        .is_some_and(|(_, voice)| voice != Voice::Soft);
    let days = clause.has_days();
    let takes_back = clause.has(Tag::Cancel) || clause.has(Tag::TakesBack);
    if takes_back && clause.has(Tag::Undecided) {
        return Some(Role::Undecided);
    }
    // "won't be needing it", in a thread.
    let it = clause
        .items
        .windows(2)
        .any(|two| two[0].is(Tag::TakesBack) && (two[1].is(Tag::It) || two[1].text == "it"))
        && clause.unknown == 0;
    if it && !clause.question {
        return Some(Role::Cancel);
    }
    if clause.has(Tag::TakesBack) && (leave || days) && !asks_something(clause) {
        let unknown_first = clause
            .items
            .iter()
            .skip_while(|item| !item.is(Tag::TakesBack))
            .nth(1)
            .is_some_and(|item| item.kind == Kind::Word);
        if (!unknown_first || strong) && !clause.has(Tag::Topic) {
            return Some(Role::Cancel);
        }
    }
    if let Some(at) = clause.items.iter().position(|item| item.is(Tag::Cancel)) {
        let about_leave = clause.items.iter().enumerate().all(|(other, item)| {
            other < at
                || !matches!(
                    item.kind,
                    Kind::Word | Kind::Opaque | Kind::Clock(_) | Kind::Mention
                ) && !item.is(Tag::Family)
                    && !item.is(Tag::Works)
                    && !item.is(Tag::WorkTrip)
                    && !item.is(Tag::Short)
        });
        let asked = clause.question && clause.has(Tag::Question);
        // "the meeting is cancelled"
        let of_other = clause.items[..at]
            .iter()
            .any(|item| item.kind == Kind::Word)
            && !leave;
        if whose == Whose::Author
            && (strong || about_leave && !of_other)
            && !asked
            && !clause.has(Tag::Topic)
        {
            return Some(Role::Cancel);
        }
        if !leave {
            return Some(Role::Other);
        }
    }
    // "my leave got cancelled, working tomorrow"
    let gone = clause.items.windows(2).any(|two| {
        voice(&two[0]) == Some(Voice::Thing)
            && two[1].is(Tag::PlansChanged)
            && ["cancel", "called off", "not happening"]
                .iter()
                .any(|word| two[1].text.contains(word))
    });
    if gone && whose == Whose::Author && !clause.question {
        return Some(Role::Cancel);
    }
    if clause.has(Tag::AfterAll)
        && clause.any(|item| {
            matches!(
                item.kind,
                Kind::Tag(Tag::Works | Tag::WorkHere | Tag::Arrives)
            )
        })
        && !leave
    {
        return Some(Role::Cancel);
    }
    None
}

/// The part of the day that a clause of work or coming and going leaves free.
pub(super) fn part_away(clause: &Clause) -> Option<Part> {
    let part = clause.items.iter().find_map(|item| match item.kind {
        Kind::Tag(Tag::Part(part @ (Part::Morning | Part::Afternoon))) => Some(part),
        Kind::Clock(minutes) => Some(if minutes < 12 * 60 - 30 {
            Part::Morning
        } else {
            Part::Afternoon
        }),
        // "leaving at 1", "in by 2"
        Kind::Number(1..=6 | 12) => Some(Part::Afternoon),
        Kind::Number(7..=11) => Some(Part::Morning),
        _ => None,
    })?;
    let until = clause.any(|item| {
        matches!(item.kind, Kind::Tag(Tag::Part(_)))
            && (item.text.starts_with("till")
                || item.text.starts_with("until")
                || item.text.starts_with("before")
                || item.text.starts_with("up"))
    });
    // "working till 1": away after that.
    let works_until = clause.items.windows(2).any(|two| {
        two[0].is(Tag::Until) && matches!(two[1].kind, Kind::Clock(_) | Kind::Number(_))
    });
    if works_until {
        return Some(Part::Afternoon);
    }
    let (leaves, arrives) = (
        clause.has(Tag::Leaves),
        clause.has(Tag::Arrives)
            || clause.any(|item| matches!(item.kind, Kind::Back(_)) || item.is(Tag::Back)),
    );
    if leaves && !until {
        return Some(Part::Afternoon);
    }
    if arrives && !leaves && part == Part::Afternoon {
        return Some(Part::Morning);
    }
    Some(match part {
        Part::Morning => Part::Afternoon,
        _ => Part::Morning,
    })
}
