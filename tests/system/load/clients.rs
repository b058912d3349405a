//! The clients that send everything: each takes whatever step comes next, of whomever.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::time::sleep;

use super::ledger::{Answers, Kind, Name, Parcel, Sent, foreign_marks, name_of};
use super::plan::{Chance, Journey, Outcome, Plan, Step, Who};
use super::requests::{self, Built, Progress};
use super::town::Town;

/// A person who cannot go on for so long never will: something was lost.
const PATIENCE: Duration = Duration::from_mins(2);
/// How soon a person looks again whether they can go on.
const LOOK_AGAIN: Duration = Duration::from_millis(10);
const LOOK_AGAIN_AT_MOST: Duration = Duration::from_secs(1);

/// Keeps its connections, as API Gateway does.
pub fn http_client() -> reqwest::Client {
    // A client needs a provider to be built, although it only speaks to localhost.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .tls_certs_only([])
        .no_proxy()
        .build()
        .expect("a client")
}

/// From where the clients take what is next.
pub struct Desk {
    town: Town,
    http: reqwest::Client,
    wanted: BTreeMap<(Who, usize), Outcome>,
    pile: Mutex<Pile>,
}

#[derive(Default)]
struct Pile {
    chance: Option<Chance>,
    travellers: Vec<Traveller>,
    /// Who can go on.
    ready: Vec<usize>,
    /// Who has to wait for the app.
    waiting: VecDeque<(Instant, usize)>,
    /// What is ready to be sent.
    outbox: VecDeque<Parcel>,
    /// What was begun and is not answered.
    groups: BTreeMap<usize, Group>,
    begun: usize,
    on_the_way: usize,
    requests: BTreeMap<Name, Option<&'static str>>,
    names: BTreeMap<Who, String>,
    acks: BTreeMap<Kind, Vec<Duration>>,
    copies: usize,
    violations: Vec<String>,
}

/// A person on their journey.
struct Traveller {
    journey: Journey,
    progress: Progress,
    waits_since: Option<Instant>,
    look_again: Duration,
}

/// The requests of one step.
struct Group {
    traveller: usize,
    step: Step,
    open: usize,
    answers: Answers,
    /// The request's number, and what was answered.
    replies: Vec<(usize, String)>,
}

/// What a client does next.
enum Next {
    Send(Parcel),
    /// Somebody may be able to go on.
    Try(usize),
    Rest,
    Done,
}

impl Desk {
    pub fn new(town: Town, plan: Plan) -> Self {
        let travellers: Vec<Traveller> = plan
            .journeys
            .into_iter()
            .map(|journey| Traveller {
                journey,
                progress: Progress::default(),
                waits_since: None,
                look_again: LOOK_AGAIN,
            })
            .collect();
        let pile = Pile {
            chance: Some(Chance(plan.seed)),
            ready: (0..travellers.len()).collect(),
            on_the_way: travellers.len(),
            travellers,
            ..Pile::default()
        };
        Self {
            town,
            http: http_client(),
            wanted: plan.wanted,
            pile: Mutex::new(pile),
        }
    }

    fn pile(&self) -> MutexGuard<'_, Pile> {
        self.pile.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Works until everybody has arrived.
    async fn client(&self) {
        loop {
            let next = self.pile().next();
            match next {
                Next::Send(parcel) => self.send(parcel).await,
                Next::Try(traveller) => self.go_on(traveller),
                Next::Rest => sleep(Duration::from_millis(1)).await,
                Next::Done => return,
            }
        }
    }

    fn go_on(&self, traveller: usize) {
        // Out of the pile, so that others work on meanwhile: nobody else has this traveller.
        let (who, planned, mut progress) = {
            let pile = self.pile();
            let it = &pile.travellers[traveller];
            let planned = it.journey.steps.front().expect("a next step").clone();
            (it.journey.who, planned, it.progress.clone())
        };
        let built = requests::build(&self.town, who, &planned, &mut progress);
        let mut pile = self.pile();
        pile.travellers[traveller].progress = progress;
        match built {
            Some(built) => pile.post(traveller, &planned.step, planned.times, built),
            None => pile.wait(traveller, &planned.step),
        }
    }

    async fn send(&self, parcel: Parcel) {
        let request = &parcel.request;
        let mut call = self
            .http
            .post(format!("{}{}", self.town.url, request.path))
            .body(request.body.clone());
        for (name, value) in &request.headers {
            call = call.header(name, value);
        }
        let begun = Instant::now();
        let answer = match call.send().await {
            Ok(answer) => {
                let status = answer.status();
                answer
                    .text()
                    .await
                    .map(|body| (status.as_u16(), body))
                    .map_err(|error| error.to_string())
            }
            Err(error) => Err(error.to_string()),
        };
        let took = begun.elapsed();
        let over = self.pile().answered(&parcel, took, answer);
        if let Some((traveller, who, step)) = over {
            if matches!(step, Step::Submit | Step::SubmitTwice | Step::SubmitInVain) {
                requests::close_form(&self.town, who).await;
            }
            self.pile().arrive(traveller);
        }
    }
}

impl Pile {
    fn next(&mut self) -> Next {
        if let Some(parcel) = self.outbox.pop_front() {
            return Next::Send(parcel);
        }
        if self.on_the_way == 0 {
            return Next::Done;
        }
        let now = Instant::now();
        while self.waiting.front().is_some_and(|(until, _)| *until <= now) {
            self.ready
                .extend(self.waiting.pop_front().map(|(_, it)| it));
        }
        let ready = self.ready.len();
        let Some(chance) = self.chance.as_mut().filter(|_| ready > 0) else {
            return Next::Rest;
        };
        let chosen = chance.below(ready);
        Next::Try(self.ready.swap_remove(chosen))
    }

    fn post(&mut self, traveller: usize, step: &Step, times: usize, built: Built) {
        let group = self.begun;
        self.begun += 1;
        let who = self.travellers[traveller].journey.who;
        self.travellers[traveller].waits_since = None;
        self.travellers[traveller].look_again = LOOK_AGAIN;
        self.copies += built.requests.len() * (times - 1);
        if let Some(name) = built.renamed {
            self.names.insert(who, name);
        }
        for (_, request) in &built.requests {
            if let Some(name) = name_of(request) {
                self.requests.insert(name, built.promises);
            }
        }
        self.groups.insert(
            group,
            Group {
                traveller,
                step: step.clone(),
                open: built.requests.len() * times,
                answers: built.answers,
                replies: Vec::new(),
            },
        );
        for time in 0..times {
            for (number, (kind, request)) in built.requests.iter().enumerate() {
                self.outbox.push_back(Parcel {
                    kind: *kind,
                    request: requests::copy(request, time),
                    group,
                    number,
                });
            }
        }
    }

    /// Looks again later; gives up when that lasts too long.
    fn wait(&mut self, traveller: usize, step: &Step) {
        let now = Instant::now();
        let it = &mut self.travellers[traveller];
        let since = *it.waits_since.get_or_insert(now);
        if now.duration_since(since) > PATIENCE {
            let who = it.journey.who;
            self.violations.push(format!(
                "{who:?} could never go on with {step:?}: what it needs did not appear"
            ));
            self.on_the_way -= 1;
            return;
        }
        let until = now + it.look_again;
        it.look_again = (it.look_again * 2).min(LOOK_AGAIN_AT_MOST);
        let at = self.waiting.partition_point(|(other, _)| *other <= until);
        self.waiting.insert(at, (until, traveller));
    }

    /// Notes an answer; with the last of a step, whose step is over.
    fn answered(
        &mut self,
        parcel: &Parcel,
        took: Duration,
        answer: Result<(u16, String), String>,
    ) -> Option<(usize, Who, Step)> {
        self.acks.entry(parcel.kind).or_default().push(took);
        let group = self.groups.get_mut(&parcel.group)?;
        let who = self.travellers[group.traveller].journey.who;
        match answer {
            Ok((200, body)) => {
                let foreign = foreign_marks(&body, who.0);
                if !foreign.is_empty() {
                    self.violations
                        .push(format!("the answer to {who:?} names {foreign:?}: {body}"));
                }
                group.replies.push((parcel.number, body));
            }
            other => self.violations.push(format!(
                "{who:?} was not acknowledged: {other:?} to {}",
                parcel.request.body
            )),
        }
        group.open -= 1;
        if group.open > 0 {
            return None;
        }
        let group = self.groups.remove(&parcel.group)?;
        if let Err(wrong) = check_answers(&group) {
            self.violations
                .push(format!("{who:?}, {:?}: {wrong}", group.step));
        }
        Some((group.traveller, who, group.step))
    }

    /// Somebody's step is over.
    fn arrive(&mut self, traveller: usize) {
        let steps = &mut self.travellers[traveller].journey.steps;
        steps.pop_front();
        if steps.is_empty() {
            self.on_the_way -= 1;
        } else {
            self.ready.push(traveller);
        }
    }
}

fn check_answers(group: &Group) -> Result<(), String> {
    let spoken = group.replies.iter().filter(|(_, body)| !body.is_empty());
    let spoken = spoken.count();
    let refused = |body: &str| body.contains(r#""response_action":"errors""#);
    let good = match group.answers {
        Answers::Silence => spoken == 0,
        Answers::OneSpeaks => spoken == 1,
        Answers::AtMostOneSpeaks => spoken <= 1,
        Answers::Errors => group.replies.iter().all(|(_, body)| refused(body)),
        Answers::OneWins => [0, 1].iter().any(|winner| {
            group.replies.iter().all(|(number, body)| {
                if number == winner {
                    body.is_empty()
                } else {
                    refused(body)
                }
            })
        }),
    };
    if good {
        Ok(())
    } else {
        Err(format!(
            "answered with {:?}, not {:?}",
            group.replies, group.answers
        ))
    }
}

/// Lets the clients work until everything is sent and done.
pub async fn send_everything(desk: Desk) -> Sent {
    let desk = Arc::new(desk);
    let begun = Instant::now();
    let clients: Vec<_> = (0..desk.town.size.clients)
        .map(|_| {
            let desk = desk.clone();
            tokio::spawn(async move { desk.client().await })
        })
        .collect();
    for client in clients {
        client.await.expect("a client works");
    }
    let sending = begun.elapsed();
    let done = desk.town.until_done(PATIENCE).await;
    let until_done = begun.elapsed();
    let Ok(desk) = Arc::try_unwrap(desk) else {
        panic!("a client is still at work");
    };
    let mut pile = desk
        .pile
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    if !done {
        pile.violations.push(format!(
            "there is work left {PATIENCE:?} after the last answer"
        ));
    }
    Sent {
        town: desk.town,
        requests: pile.requests,
        wanted: desk.wanted,
        names: pile.names,
        acks: pile.acks,
        copies: pile.copies,
        sending,
        until_done,
        violations: pile.violations,
    }
}
