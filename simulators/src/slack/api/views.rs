//! <https://docs.slack.dev/reference/methods#views>

use serde_json::{Map, Value, json};

use super::{
    super::{blocks::check_view, state::State, view::View},
    ApiError, Ctx,
};

/// A modal and two further ones on top.
const MAX_STACK: usize = 3;
const MAX_VIEW_BYTES: usize = 250_000;

impl State {
    pub(crate) fn next_hash(&mut self) -> String {
        let number = self.next_number();
        format!("{}.{number:08x}", self.clock.now().as_second())
    }

    /// A view that passed the check, with what Slack adds to its blocks.
    pub(crate) fn complete_view(&mut self, view: &Value) -> Map<String, Value> {
        let mut content = view.as_object().cloned().unwrap_or_default();
        if let Some(Value::Array(blocks)) = content.get_mut("blocks") {
            self.complete_blocks(blocks);
        }
        for name in ["title", "submit", "close"] {
            if let Some(Value::Object(text)) = content.get_mut(name) {
                text.entry("emoji").or_insert(json!(true));
            }
        }
        content
    }

    /// Puts a modal on top of a person's stack.
    pub(crate) fn push_view(
        &mut self,
        team_id: &str,
        user: &str,
        content: Map<String, Value>,
    ) -> Result<String, &'static str> {
        let id = self.next_id("V");
        let hash = self.next_hash();
        let app_id = self.app.id.clone();
        let team = self.team_mut(team_id).ok_or("not_found")?;
        let bot_id = team
            .app
            .as_ref()
            .map(|app| app.bot_id.clone())
            .unwrap_or_default();
        let stack = team.modals.entry(user.to_owned()).or_default();
        if stack.len() >= MAX_STACK {
            return Err("push_limit_reached");
        }
        let view = View {
            id: id.clone(),
            team: team_id.to_owned(),
            user: user.to_owned(),
            app_id,
            bot_id,
            hash,
            previous: stack.last().map(|view| view.id.clone()),
            root: stack
                .first()
                .map_or_else(|| id.clone(), |it| it.root.clone()),
            content,
            values: std::collections::BTreeMap::new(),
            errors: std::collections::BTreeMap::new(),
            trouble: None,
        };
        stack.push(view);
        self.changed(team_id, Some(user), "state");
        Ok(id)
    }
}

impl Ctx<'_> {
    /// The `view` argument, checked and completed.
    fn view(&mut self, kinds: &[&str]) -> Result<Map<String, Value>, ApiError> {
        let view = match self.args.structure("view") {
            None => {
                return Err(ApiError::invalid_arguments([
                    "missing required field: view [json-pointer:/view]".to_owned(),
                ]));
            }
            Some(Ok(view @ Value::Object(_))) => view,
            Some(_) => {
                return Err(ApiError::invalid_arguments([
                    "must provide an object [json-pointer:/view]".to_owned(),
                ]));
            }
        };
        if view.to_string().len() > MAX_VIEW_BYTES {
            return Err(ApiError::new("view_too_large"));
        }
        let problems = check_view(&view);
        if !problems.is_empty() {
            return Err(ApiError::invalid_arguments(
                problems.iter().map(ToString::to_string),
            ));
        }
        let kind = view["type"].as_str().unwrap_or_default();
        if !kinds.contains(&kind) {
            return Err(ApiError::invalid_arguments([format!(
                "unsupported type: {kind} [json-pointer:/view/type]"
            )]));
        }
        Ok(self.state.complete_view(&view))
    }

    /// Nobody else's open view may have the same external id.
    fn check_external_id(
        &self,
        view: &Map<String, Value>,
        own: Option<&str>,
    ) -> Result<(), ApiError> {
        let Some(id) = view
            .get("external_id")
            .and_then(Value::as_str)
            .filter(|id| !id.is_empty())
        else {
            return Ok(());
        };
        let team = self.team()?;
        let taken = team
            .modals
            .values()
            .flatten()
            .chain(team.homes.values())
            .any(|view| view.string("external_id") == id && own != Some(view.id.as_str()));
        if taken {
            Err(ApiError::new("duplicate_external_id"))
        } else {
            Ok(())
        }
    }

    /// Uses up the trigger: whose it is, and from which modal.
    fn exchange_trigger(&mut self) -> Result<(String, Option<String>), ApiError> {
        let id = self.required("trigger_id")?;
        let life = self.state.trigger_life;
        let team = self.team.clone();
        let trigger = self
            .state
            .triggers
            .get_mut(&id)
            .filter(|trigger| trigger.team == team)
            .ok_or_else(|| ApiError::new("invalid_trigger_id"))?;
        if trigger.used {
            return Err(ApiError::new("exchanged_trigger_id"));
        }
        if trigger.created.elapsed() >= life {
            return Err(ApiError::new("expired_trigger_id"));
        }
        trigger.used = true;
        Ok((trigger.user.clone(), trigger.view_id.clone()))
    }

    fn answer(&self, view_id: &str) -> Result<Value, ApiError> {
        let view = self
            .team()?
            .view(view_id)
            .ok_or_else(|| ApiError::new("not_found"))?;
        Ok(json!({"view": view.to_json()}))
    }
}

pub(super) fn open(ctx: &mut Ctx<'_>) -> Result<Value, ApiError> {
    ctx.required("trigger_id")?;
    let view = ctx.view(&["modal"])?;
    ctx.check_external_id(&view, None)?;
    let (user, _) = ctx.exchange_trigger()?;
    let team = ctx.team.clone();
    if let Some(team) = ctx.state.team_mut(&team) {
        team.modals.remove(&user);
    }
    let id = ctx
        .state
        .push_view(&team, &user, view)
        .map_err(ApiError::new)?;
    ctx.answer(&id)
}

pub(super) fn push(ctx: &mut Ctx<'_>) -> Result<Value, ApiError> {
    ctx.required("trigger_id")?;
    let view = ctx.view(&["modal"])?;
    ctx.check_external_id(&view, None)?;
    let (user, from) = ctx.exchange_trigger()?;
    let open = |id: &String| {
        ctx.team()
            .ok()
            .and_then(|team| team.modals.get(&user))
            .is_some_and(|stack| stack.iter().any(|view| view.id == *id))
    };
    if !from.as_ref().is_some_and(open) {
        return Err(ApiError::new("not_found"));
    }
    let team = ctx.team.clone();
    let id = ctx
        .state
        .push_view(&team, &user, view)
        .map_err(ApiError::new)?;
    ctx.answer(&id)
}

pub(super) fn update(ctx: &mut Ctx<'_>) -> Result<Value, ApiError> {
    let content = ctx.view(&["modal", "home"])?;
    let by_id = ctx.args.string("view_id").filter(|id| !id.is_empty());
    let by_external = ctx.args.string("external_id").filter(|id| !id.is_empty());
    let team = ctx.team()?;
    let view = match (&by_id, &by_external) {
        (Some(id), _) => team.view(id),
        (None, Some(id)) => team
            .modals
            .values()
            .flatten()
            .chain(team.homes.values())
            .find(|view| view.string("external_id") == *id),
        (None, None) => {
            return Err(ApiError::invalid_arguments([
                "either view_id or external_id is required [json-pointer:/view_id]".to_owned(),
            ]));
        }
    }
    .ok_or_else(|| ApiError::new("not_found"))?;
    check_hash(ctx, Some(view))?;
    if view.string("type") != content.get("type").and_then(Value::as_str).unwrap_or("") {
        return Err(ApiError::invalid_arguments([
            "the type of a view cannot change [json-pointer:/view/type]".to_owned(),
        ]));
    }
    let (id, user) = (view.id.clone(), view.user.clone());
    ctx.check_external_id(&content, Some(&id))?;
    let hash = ctx.state.next_hash();
    let team = ctx.team.clone();
    if let Some(view) = ctx.state.team_mut(&team).and_then(|it| it.view_mut(&id)) {
        view.replace(content, hash);
    }
    ctx.state.changed(&team, Some(&user), "state");
    ctx.answer(&id)
}

/// Refuses a change that was made for an older state of the view.
fn check_hash(ctx: &Ctx<'_>, view: Option<&View>) -> Result<(), ApiError> {
    match (ctx.args.string("hash").filter(|it| !it.is_empty()), view) {
        (Some(hash), Some(view)) if hash != view.hash => Err(ApiError::new("hash_conflict")),
        _ => Ok(()),
    }
}

pub(super) fn publish(ctx: &mut Ctx<'_>) -> Result<Value, ApiError> {
    let user = ctx.required("user_id")?;
    let content = ctx.view(&["home"])?;
    if ctx.team()?.person(&user).is_none() {
        return Err(ApiError::new("user_not_found"));
    }
    let existing = ctx.team()?.homes.get(&user);
    check_hash(ctx, existing)?;
    let own = existing.map(|view| view.id.clone());
    ctx.check_external_id(&content, own.as_deref())?;
    let hash = ctx.state.next_hash();
    let new_id = ctx.state.next_id("V");
    let app_id = ctx.state.app.id.clone();
    let team_id = ctx.team.clone();
    let team = ctx
        .state
        .team_mut(&team_id)
        .ok_or_else(|| ApiError::new("team_not_found"))?;
    let bot_id = team
        .app
        .as_ref()
        .map(|app| app.bot_id.clone())
        .unwrap_or_default();
    let view = team.homes.entry(user.clone()).or_insert_with(|| View {
        id: new_id.clone(),
        team: team_id.clone(),
        user: user.clone(),
        app_id,
        bot_id,
        hash: String::new(),
        previous: None,
        root: new_id,
        content: Map::new(),
        values: std::collections::BTreeMap::new(),
        errors: std::collections::BTreeMap::new(),
        trouble: None,
    });
    view.replace(content, hash);
    let id = view.id.clone();
    ctx.state.changed(&team_id, Some(&user), "state");
    ctx.answer(&id)
}
