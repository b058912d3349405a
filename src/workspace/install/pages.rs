//! The pages that a person sees on the way to Slack's consent and back: what happened, and what to do.

use std::sync::LazyLock;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use data_encoding::BASE64;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};

use super::sealed::Purpose;
use super::{CameBack, STATUSES_ENDED};
use crate::clients::slack::OauthApp;
use crate::platform::ids::WorkspaceId;

const STYLE: &str = include_str!("pages.css");

/// Nothing is loaded, sent or framed; of styles only our own.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let style = BASE64.encode(&Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
});

/// Whether it went as the person wanted.
#[derive(Debug, Clone, Copy)]
enum Mood {
    Good,
    Unchanged,
    Trouble,
}

/// A page.
pub(super) struct Page {
    status: StatusCode,
    mood: Mood,
    title: String,
    body: Markup,
    /// Words and addresses; the first is the obvious thing to do.
    links: Vec<(&'static str, String)>,
}

impl Page {
    fn new(status: StatusCode, mood: Mood, title: impl Into<String>, body: Markup) -> Self {
        Self {
            status,
            mood,
            title: title.into(),
            body,
            links: Vec::new(),
        }
    }

    fn link(mut self, words: &'static str, address: String) -> Self {
        self.links.push((words, address));
        self
    }

    fn begin_again(self, app: &OauthApp, purpose: Purpose) -> Self {
        match purpose {
            Purpose::Install => self.link("Try again", app.install_link()),
            Purpose::Status => self.link("Try again", app.status_link()),
        }
    }

    fn markup(&self) -> Markup {
        let (class, sign) = match self.mood {
            Mood::Good => ("good", "✓"),
            Mood::Unchanged => ("unchanged", "–"),
            Mood::Trouble => ("trouble", "!"),
        };
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="robots" content="noindex";
                    title { (self.title) " · timeoff" }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    main class=(class) {
                        p.app { "timeoff" }
                        h1 { span.sign aria-hidden="true" { (sign) } (self.title) }
                        (self.body)
                        @if !self.links.is_empty() {
                            p.links {
                                @for (index, (words, address)) in self.links.iter().enumerate() {
                                    a.button[index == 0] href=(address) { (words) }
                                    " "
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let mut answer = (self.status, Html(self.markup().into_string())).into_response();
        let policy = HeaderValue::from_str(&POLICY);
        let headers = [
            (header::CONTENT_SECURITY_POLICY, policy.ok()),
            (
                header::CACHE_CONTROL,
                Some(HeaderValue::from_static("no-store")),
            ),
            // The address of the page holds what Slack sent along.
            (
                header::REFERRER_POLICY,
                Some(HeaderValue::from_static("no-referrer")),
            ),
            (
                header::X_CONTENT_TYPE_OPTIONS,
                Some(HeaderValue::from_static("nosniff")),
            ),
        ];
        for (name, value) in headers {
            answer
                .headers_mut()
                .extend(value.map(|value| (name, value)));
        }
        answer
    }
}

/// What did not happen.
fn nothing(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Install => "Nothing was installed or changed.",
        Purpose::Status => "Your status stays your own.",
    }
}

pub(super) fn not_set_up() -> Page {
    Page::new(
        StatusCode::NOT_FOUND,
        Mood::Unchanged,
        "timeoff cannot be added from here",
        html! {
            p { "Whoever runs it has not prepared that." }
            p { "If that is you: set " code { "SLACK_CLIENT_ID" } ", " code { "SLACK_CLIENT_SECRET" } " and " code { "PUBLIC_URL" } "." }
        },
    )
}

pub(super) fn installed(
    app: &OauthApp,
    app_id: &str,
    team: &WorkspaceId,
    name: &str,
    came_back: CameBack,
) -> Page {
    let mut page = Page::new(
        StatusCode::OK,
        Mood::Good,
        format!("timeoff is in {name}"),
        html! {
            @if let CameBack::Yes { statuses_ended } = came_back {
                p { "Welcome back. Settings, people and leave are as they were, and requests that were waiting go on." }
                @if statuses_ended { p { (STATUSES_ENDED) } }
            } @else {
                p { "What happens next:" }
                ul {
                    li { "timeoff reads who is in the workspace; with many people that takes a few minutes." }
                    li { "An admin of the workspace gets a direct message from timeoff with what is left to choose: who approves, and which channel is read. If you are one, it comes to you." }
                    li { "Everybody can already ask with " code { "/timeoff" } "." }
                }
            }
        },
    )
    .link("Open timeoff in Slack", app.open_link(app_id, Some(team)));
    if let Some(address) = app.desktop_link(app_id, team) {
        page = page.link("Open it in the desktop app", address);
    }
    page
}

pub(super) fn installed_in_org(app: &OauthApp, app_id: &str, name: &str) -> Page {
    Page::new(
        StatusCode::OK,
        Mood::Good,
        format!("timeoff is in {name}"),
        html! {
            p { "It is installed for the organization. What happens next:" }
            ul {
                li { "The organization's admins choose which workspaces have it, in Slack under “Manage organization”, “Integrations”." }
                li { "Each of these is ready a minute later, and has people, settings and leave of its own." }
                li { "Everybody there can ask with " code { "/timeoff" } "." }
            }
        },
    )
    .link("Open timeoff in Slack", app.open_link(app_id, None))
}

pub(super) fn status_connected(
    app: &OauthApp,
    app_id: &str,
    team: &WorkspaceId,
    name: &str,
) -> Page {
    Page::new(
        StatusCode::OK,
        Mood::Good,
        "timeoff may set your status",
        html! {
            p { "On days of leave it shows in " (name) " that you are away, and clears that afterwards. It says neither what kind of leave it is nor why." }
            p { "You can take this back at any time, in timeoff's Home tab or in Slack's list of apps." }
        },
    )
    .link("Open timeoff in Slack", app.open_link(app_id, Some(team)))
}

pub(super) fn cancelled(app: &OauthApp, purpose: Purpose) -> Page {
    Page::new(
        StatusCode::FORBIDDEN,
        Mood::Unchanged,
        "You did not let timeoff in",
        html! {
            p { "You pressed Cancel on Slack's page. " (nothing(purpose)) }
            @if purpose == Purpose::Install {
                p { "If you may not add apps, Slack lets you ask an admin of your workspace on the same page." }
            }
        },
    )
    .begin_again(app, purpose)
}

pub(super) fn not_ours(app: &OauthApp) -> Page {
    Page::new(
        StatusCode::BAD_REQUEST,
        Mood::Unchanged,
        "Nothing was begun here",
        html! { p { "Slack sends people to this page after they chose to add timeoff. You came by another way, or with an address that was changed. Nothing was installed." } },
    )
    .link("Add timeoff to Slack", app.install_link())
}

pub(super) fn late(app: &OauthApp, purpose: Purpose) -> Page {
    Page::new(
        StatusCode::BAD_REQUEST,
        Mood::Unchanged,
        "That took more than 10 minutes",
        html! { p { "For safety it must be done sooner. " (nothing(purpose)) } },
    )
    .begin_again(app, purpose)
}

pub(super) fn other_browser(app: &OauthApp, purpose: Purpose) -> Page {
    Page::new(
        StatusCode::BAD_REQUEST,
        Mood::Unchanged,
        "This was begun in another browser",
        html! {
            p { "It must end in the browser in which it began, so that nobody can make you finish what they began. " (nothing(purpose)) }
            p { "If it was this browser: it has to accept cookies of this page." }
        },
    )
    .begin_again(app, purpose)
}

pub(super) fn used(app: &OauthApp, purpose: Purpose) -> Page {
    Page::new(
        StatusCode::CONFLICT,
        Mood::Unchanged,
        "This was finished already",
        html! {
            p { "Each installation works once, and this page was loaded again. If " code { "/timeoff" } " answers you in Slack, all is well; if it does not, please try again." }
        },
    )
    .begin_again(app, purpose)
}

pub(super) fn code_refused(app: &OauthApp, purpose: Purpose) -> Page {
    Page::new(
        StatusCode::BAD_REQUEST,
        Mood::Unchanged,
        "Slack's code has expired",
        html! { p { "Slack gives a code that works once, for 10 minutes, and it did not take it back any more. " (nothing(purpose)) } },
    )
    .begin_again(app, purpose)
}

pub(super) fn org_has_it(app: &OauthApp) -> Page {
    Page::new(
        StatusCode::CONFLICT,
        Mood::Unchanged,
        "Your organization has timeoff already",
        html! { p { "It is installed for the whole organization, so it cannot be added to one workspace by itself. An admin of the organization can give it to your workspace, or update its permissions for all." } },
    )
    .link("Update the organization's permissions", app.install_link())
}

/// `code` is Slack's word, which may have been typed into the address.
pub(super) fn slack_said_no(app: &OauthApp, purpose: Purpose, code: &str) -> Page {
    let code: String = code
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
        .take(60)
        .collect();
    Page::new(
        StatusCode::FORBIDDEN,
        Mood::Trouble,
        "Slack did not allow it",
        html! {
            p { (nothing(purpose)) @if !code.is_empty() { " Slack's reason is " code { (code) } "." } }
            p { "An admin of your workspace can say whether apps may be added there." }
        },
    )
    .begin_again(app, purpose)
}

pub(super) fn slack_down(app: &OauthApp, purpose: Purpose) -> Page {
    Page::new(
        StatusCode::SERVICE_UNAVAILABLE,
        Mood::Trouble,
        "Slack does not answer",
        html! { p { "You allowed it, but Slack could not be asked for the rest. " (nothing(purpose)) " Please try again in a minute." } },
    )
    .begin_again(app, purpose)
}

pub(super) fn our_credentials(app: &OauthApp, purpose: Purpose) -> Page {
    Page::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        Mood::Trouble,
        "timeoff is not set up correctly",
        html! { p { "Slack does not know it by the name and password that it has. " (nothing(purpose)) " Whoever runs timeoff finds the reason in its log." } },
    )
    .begin_again(app, purpose)
}

pub(super) fn not_what_was_asked(app: &OauthApp, purpose: Purpose) -> Page {
    Page::new(
        StatusCode::BAD_REQUEST,
        Mood::Trouble,
        "Slack gave something else",
        html! { p { "What you allowed on Slack's page is not what timeoff asked for there, so it was not kept. " (nothing(purpose)) } },
    )
    .begin_again(app, purpose)
}

pub(super) fn not_saved(app: &OauthApp, purpose: Purpose) -> Page {
    Page::new(
        StatusCode::SERVICE_UNAVAILABLE,
        Mood::Trouble,
        "Something went wrong on our side",
        html! { p { "timeoff could not save that. Please try again in a minute; nothing is there twice then." } },
    )
    .begin_again(app, purpose)
}

pub(super) fn status_without_app(app: &OauthApp) -> Page {
    Page::new(
        StatusCode::FORBIDDEN,
        Mood::Unchanged,
        "timeoff is not in this workspace",
        html! { p { "It can set the status of people in workspaces that have it. Choose another workspace at the top right of Slack's page, or ask an admin of yours to add it. What you allowed was not kept." } },
    )
    .begin_again(app, Purpose::Status)
    .link("Add timeoff to Slack", app.install_link())
}

pub(super) fn status_of_whole_org(app: &OauthApp) -> Page {
    Page::new(
        StatusCode::BAD_REQUEST,
        Mood::Unchanged,
        "Please choose a workspace",
        html! { p { "You chose a whole organization on Slack's page. timeoff needs to know in which workspace you are on leave. What you allowed was not kept." } },
    )
    .begin_again(app, Purpose::Status)
}
