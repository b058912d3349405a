//! Slack's page that asks for consent, tokens of people, and organizations.

use serde_json::{Value, json};
use simulators::slack::{Consent, Member, Workspace};

use super::app::{Setup, setup};

const BACK: &str = "https://app.test/back";

async fn access(it: &Setup, code: &str) -> Value {
    let form = [
        ("client_id", "1111.2222"),
        ("client_secret", "client-secret"),
        ("code", code),
        ("redirect_uri", BACK),
    ];
    it.form("oauth.v2.access", &form).await
}

#[tokio::test]
async fn the_page_lets_a_person_allow_or_cancel() {
    let it = setup().await;
    it.sim
        .add_workspace(Workspace::new("T2", "Ink & <Sons>").enterprise("E1"));
    it.sim.add_person("T2", Member::new("U_ANA", "ana").admin());
    let base = it.sim.api_url().replace("/api", "/oauth/v2/authorize");
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let query = "client_id=1111.2222&scope=chat:write&user_scope=users.profile:write&redirect_uri=https://app.test/back&state=s%20%26%221";
    let get = async |more: &str| {
        let answer = client
            .get(format!("{base}?{query}{more}"))
            .send()
            .await
            .unwrap();
        let location = answer.headers().get("location");
        location
            .map(|it| it.to_str().unwrap().to_owned())
            .unwrap_or(answer.text().await.unwrap())
    };
    let page = get("").await;
    for words in [
        "Ink &amp; &lt;Sons>",
        "Cancel",
        "chat:write",
        "users.profile:write",
    ] {
        assert!(page.contains(words), "{words} in {page}");
    }
    assert!(page.contains("state=s+%26%221&amp;"), "{page}");
    let of_org = get("&team=T2").await;
    assert!(of_org.contains("organization"), "{of_org}");
    let cancelled = get("&press=cancel").await;
    assert_eq!(
        cancelled,
        "https://app.test/back?error=access_denied&state=s+%26%221"
    );
    let allowed = get("&team=T2&user=U_ANA").await;
    assert!(
        allowed.starts_with("https://app.test/back?code="),
        "{allowed}"
    );
}

#[tokio::test]
async fn a_person_gives_a_token_for_themselves_and_takes_it_back() {
    let it = setup().await;
    let consent = Consent {
        user_scopes: vec!["users.profile:write".to_owned()],
        ..Consent::default()
    };
    let code = it.sim.allow("T1", "U_ASHA", consent, Some(BACK));
    let answer = access(&it, &code).await;
    assert_eq!(
        answer["access_token"],
        Value::Null,
        "the app itself gets nothing"
    );
    assert_eq!(answer["authed_user"]["scope"], "users.profile:write");
    let token = answer["authed_user"]["access_token"].as_str().unwrap();
    let who = it.call_as(Some(token), "auth.test", json!({})).await;
    assert_eq!(
        (&who["user_id"], &who["team_id"]),
        (&json!("U_ASHA"), &json!("T1"))
    );
    let refused = it.call_as(Some(token), "users.list", json!({})).await;
    assert_eq!(refused["error"], "missing_scope");
    assert_eq!(refused["provided"], "users.profile:write");
    it.sim.revoke_user_tokens("T1", "U_ASHA").await;
    let gone = it.call_as(Some(token), "auth.test", json!({})).await;
    assert_eq!(gone["error"], "token_revoked");
    assert_eq!(
        it.call("auth.test", json!({})).await["ok"],
        true,
        "the app stays"
    );
}

#[tokio::test]
async fn an_organization_has_one_token_for_its_workspaces() {
    let it = setup().await;
    for (team, person) in [("T7", "W_LENA"), ("T8", "W_WILL"), ("T9", "W_MAX")] {
        it.sim
            .add_workspace(Workspace::new(team, team).enterprise("E1"));
        it.sim.add_person(team, Member::new(person, "x"));
    }
    let consent = Consent {
        scopes: vec!["users:read".to_owned(), "chat:write".to_owned()],
        org_wide: true,
        ..Consent::default()
    };
    let code = it.sim.allow("T7", "W_LENA", consent, Some(BACK));
    let answer = access(&it, &code).await;
    assert_eq!(answer["team"], Value::Null);
    assert_eq!(answer["is_enterprise_install"], true);
    assert_eq!(answer["enterprise"]["id"], "E1");
    let token = answer["access_token"].as_str().unwrap();
    it.sim.grant_access("E1", "T8").await;
    let call = |method: &'static str, args: Value| {
        let it = &it;
        async move {
            let pairs = args.as_object().unwrap().iter();
            let query = form_urlencoded::Serializer::new(String::new())
                .extend_pairs(pairs.map(|(name, value)| (name, value.as_str().unwrap())))
                .finish();
            let url = format!("{}/{method}?{query}", it.sim.api_url());
            let call = it.http().get(url).bearer_auth(token);
            call.send().await.unwrap().json::<Value>().await.unwrap()
        }
    };
    let teams = call("auth.teams.list", json!({"limit": "1"})).await;
    assert_eq!(teams["teams"], json!([{"id": "T7", "name": "T7"}]));
    let cursor = &teams["response_metadata"]["next_cursor"];
    let rest = call("auth.teams.list", json!({"limit": "1", "cursor": cursor})).await;
    assert_eq!(rest["teams"][0]["id"], "T8");
    assert_eq!(rest["response_metadata"]["next_cursor"], "");
    assert_eq!(
        call("users.list", json!({})).await["ok"],
        false,
        "of which workspace?"
    );
    let people = call("users.list", json!({"team_id": "T8"})).await;
    assert!(
        people["members"]
            .as_array()
            .unwrap()
            .iter()
            .any(|it| it["id"] == "W_WILL")
    );
    let other = call("users.list", json!({"team_id": "T9"})).await;
    assert_eq!(other["error"], "team_access_not_granted");
    // One of its workspaces cannot install it once more for itself.
    let code = it
        .sim
        .authorize("T8", "W_WILL", &["chat:write"], Some(BACK));
    assert_eq!(
        access(&it, &code).await["error"],
        "cannot_install_an_org_installed_app"
    );
    it.sim.uninstall_app("T7").await;
    assert_eq!(
        call("auth.teams.list", json!({})).await["error"],
        "token_revoked"
    );
}
