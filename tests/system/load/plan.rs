//! What people are going to do: a journey for each person, of one step after the other. Whose step
//! is next is left to chance.

use std::collections::{BTreeMap, VecDeque};

use super::Size;
use super::town::{APPROVERS, DAYS, FIRST_ASKER};

/// Somebody in some workspace.
pub type Who = (usize, usize);

/// What somebody does, or is done about their request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// They open the Home tab.
    Home,
    /// They change their name.
    Profile(u32),
    /// Something happens of which the app knows nothing.
    Unknown,
    /// They write in a channel that is not the leave channel.
    Elsewhere,
    /// They look: `/timeoff list`, `who` or `help`.
    Look(&'static str),
    /// They open the form with one of the workspace's days.
    Command(usize),
    /// They send the form.
    Submit,
    /// They send it from two devices at once, so that only one can have the day.
    SubmitTwice,
    /// They send the form for a day that they have already.
    SubmitInVain,
    /// They write in the leave channel that they are away.
    Write(usize),
    /// They answer whether they were read right.
    Answer(&'static str),
    /// All of this happens to the request at the same moment.
    AtOnce(Vec<Move>),
}

/// What happens to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Move {
    /// An approver presses Approve.
    Approve(usize),
    /// An approver presses Deny, which opens a dialog.
    PressDeny(usize),
    /// An approver sends that dialog.
    Deny(usize),
    /// The requester takes it back.
    Cancel,
    /// A person of another workspace presses a button with the number of this request. Their id is
    /// the approver's.
    Stray(usize),
}

/// A step, and how often its request is sent.
#[derive(Debug, Clone)]
pub struct Planned {
    pub step: Step,
    pub times: usize,
}

impl Planned {
    /// How many requests are sent for it.
    fn requests(&self) -> usize {
        let different = match &self.step {
            Step::SubmitTwice => 2,
            Step::AtOnce(moves) => moves.len(),
            _ => 1,
        };
        different * self.times
    }
}

/// What a person does, in order.
#[derive(Debug)]
pub struct Journey {
    pub who: Who,
    pub steps: VecDeque<Planned>,
    asked: usize,
}

/// What must come of asking for a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// Whether an approver was asked at all.
    pub asked: bool,
    /// In which of these states it may be in the end.
    pub states: &'static [&'static str],
}

/// The plan.
#[derive(Debug)]
pub struct Plan {
    pub journeys: Vec<Journey>,
    /// Who asks for which of their workspace's days, and what must come of it.
    pub wanted: BTreeMap<(Who, usize), Outcome>,
    pub seed: u64,
}

/// Chance that is the same each time: SplitMix64, <https://prng.di.unimi.it/splitmix64.c>.
pub struct Chance(pub u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end.max(1)).expect("a number");
        usize::try_from(self.next() % end).expect("below a number")
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

/// What happens to a request once it is there, moment by moment, and in which states that may leave it.
type Fate = (Vec<Vec<Move>>, &'static [&'static str]);

fn fates(workspaces: usize) -> Vec<Fate> {
    use Move::{Approve, Cancel, Deny, PressDeny, Stray};
    let mut fates: Vec<Fate> = vec![
        (vec![], &["pending"]),
        (vec![vec![Approve(0)]], &["completed"]),
        (vec![vec![Approve(1)]], &["completed"]),
        (vec![vec![Approve(0), Approve(1)]], &["completed"]),
        (vec![vec![PressDeny(1)], vec![Deny(1)]], &["denied"]),
        (vec![vec![Approve(0), Deny(1)]], &["completed", "denied"]),
        (vec![vec![Cancel]], &["cancelled"]),
        (vec![vec![Approve(1), Cancel]], &["cancelled"]),
        (vec![vec![Approve(0)], vec![Cancel]], &["cancelled"]),
    ];
    if workspaces > 1 {
        fates.push((vec![vec![Stray(0)], vec![Approve(0)]], &["completed"]));
        fates.push((vec![vec![Stray(1)]], &["pending"]));
    }
    fates
}

/// Draws up as many steps as make the wanted number of requests.
pub fn draw_up(size: Size) -> Plan {
    let mut chance = Chance(size.seed);
    let mut journeys: BTreeMap<Who, Journey> = BTreeMap::new();
    let mut wanted = BTreeMap::new();
    let mut left = size.requests;
    let fates = fates(size.workspaces);
    let mut renamed = 0;
    while left > 0 {
        let who = (chance.below(size.workspaces), chance.below(size.people));
        let journey = journeys.entry(who).or_insert_with(|| Journey {
            who,
            steps: VecDeque::new(),
            asked: 0,
        });
        let may_ask = who.1 >= FIRST_ASKER && journey.asked < DAYS;
        let mut steps = match chance.below(20) {
            0..=6 if may_ask => ask_by_form(&mut chance, journey, &fates, &mut wanted),
            7..=11 if may_ask => ask_in_channel(&mut chance, journey, &fates, &mut wanted),
            12 | 13 => vec![Step::Look(chance.pick(&["list", "who", "help"]))],
            14 => {
                renamed += 1;
                vec![Step::Profile(renamed)]
            }
            15 => vec![Step::Unknown],
            16 => vec![Step::Elsewhere],
            _ => vec![Step::Home],
        };
        for step in steps.drain(..) {
            // One in six comes more than once: Slack tries again, or somebody presses twice.
            let times = match chance.below(24) {
                0..=1 => 2,
                2 => 3,
                3 => 4,
                _ => 1,
            };
            let planned = Planned { step, times };
            left = left.saturating_sub(planned.requests());
            journey.steps.push_back(planned);
        }
    }
    let mut plan = Plan {
        journeys: journeys.into_values().collect(),
        wanted,
        seed: size.seed,
    };
    plan.cut_to(size.requests);
    plan
}

fn ask_by_form(
    chance: &mut Chance,
    journey: &mut Journey,
    fates: &[Fate],
    wanted: &mut BTreeMap<(Who, usize), Outcome>,
) -> Vec<Step> {
    let day = journey.asked;
    journey.asked += 1;
    let (moves, states) = &fates[chance.below(fates.len())];
    let submit = if chance.below(4) == 0 {
        Step::SubmitTwice
    } else {
        Step::Submit
    };
    let mut steps = vec![Step::Command(day), submit];
    if chance.below(6) == 0 {
        steps.extend([Step::Command(day), Step::SubmitInVain]);
    }
    steps.extend(moves.iter().cloned().map(Step::AtOnce));
    let outcome = Outcome {
        asked: true,
        states,
    };
    wanted.insert((journey.who, day), outcome);
    steps
}

fn ask_in_channel(
    chance: &mut Chance,
    journey: &mut Journey,
    fates: &[Fate],
    wanted: &mut BTreeMap<(Who, usize), Outcome>,
) -> Vec<Step> {
    let day = journey.asked;
    journey.asked += 1;
    let mut steps = vec![Step::Write(day)];
    let (asked, states) = match chance.below(8) {
        0 => (false, &["pending"][..]),
        1 => {
            steps.push(Step::Answer("Cancel"));
            (false, &["cancelled"][..])
        }
        _ => {
            let (moves, states) = &fates[chance.below(fates.len())];
            steps.push(Step::Answer("Confirm"));
            steps.extend(moves.iter().cloned().map(Step::AtOnce));
            (true, *states)
        }
    };
    wanted.insert((journey.who, day), Outcome { asked, states });
    steps
}

impl Plan {
    /// How many requests are sent.
    fn requests(&self) -> usize {
        let steps = self.journeys.iter().flat_map(|journey| &journey.steps);
        steps.map(Planned::requests).sum()
    }

    /// What is more than the wanted number goes: first copies, then Home tabs.
    fn cut_to(&mut self, requests: usize) {
        let mut surplus = self.requests() - requests;
        for journey in &mut self.journeys {
            for planned in &mut journey.steps {
                let different = planned.requests() / planned.times;
                while planned.times > 1 && different <= surplus {
                    planned.times -= 1;
                    surplus -= different;
                }
            }
        }
        assert_eq!(surplus, 0, "a plan without copies");
    }
}

/// An approver's number among all people.
pub fn approver(number: usize) -> &'static str {
    APPROVERS[number]
}
