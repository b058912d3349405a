//! The app calls Slack through slack-morphism, so its types must be able to read every answer and
//! its messages must pass the check.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use slack_morphism::prelude::*;

use crate::app::{Setup, setup};

#[track_caller]
fn read<T: DeserializeOwned>(answer: &Value) -> T {
    assert_eq!(answer["ok"], true, "{answer}");
    match serde_json::from_value(answer.clone()) {
        Ok(read) => read,
        Err(error) => panic!("{error} in {answer:#}"),
    }
}

async fn posted(it: &Setup) -> SlackApiChatPostMessageResponse {
    let content = SlackMessageContent::new()
        .with_text("Asha asks for leave".to_owned())
        .with_blocks(slack_blocks![
            some_into(SlackHeaderBlock::new(pt!("Leave"))),
            some_into(SlackSectionBlock::new().with_text(md!("*Asha* asks"))),
            some_into(SlackDividerBlock::new()),
            some_into(SlackContextBlock::new(slack_blocks![some(md!("2 days"))])),
            some_into(SlackActionsBlock::new(slack_blocks![some_into(
                SlackBlockButtonElement::new(pt!("Approve"))
                    .with_action_id("approve".into())
                    .with_value("7".to_owned())
            )]))
        ]);
    let request = SlackApiChatPostMessageRequest::new("U_ASHA".into(), content);
    let answer = it
        .call("chat.postMessage", serde_json::to_value(request).unwrap())
        .await;
    read(&answer)
}

#[tokio::test]
async fn messages() {
    let it = setup().await;
    let posted = posted(&it).await;
    let (channel, ts) = (posted.channel.to_string(), posted.ts.to_string());
    assert_eq!(posted.message.content.blocks.map(|it| it.len()), Some(5));
    let args = json!({"channel": channel, "ts": ts, "text": "done", "blocks": []});
    let updated: SlackApiChatUpdateResponse = read(&it.call("chat.update", args).await);
    assert_eq!(updated.ts.to_string(), ts);
    let asha = it.sim.person("T1", "U_ASHA");
    let thread = asha.says("#general", "hi").await;
    asha.replies(&thread, "again").await;
    asha.reacts(&thread, "eyes").await;
    asha.edits(&thread, "hello").await;
    let args = [("channel", "C_GENERAL"), ("ts", thread.ts.as_str())];
    let history: SlackApiConversationsHistoryResponse =
        read(&it.form("conversations.history", &args).await);
    assert_eq!(history.messages[0].parent.reply_count, Some(1));
    let replies: SlackApiConversationsRepliesResponse =
        read(&it.form("conversations.replies", &args).await);
    assert_eq!(replies.messages.len(), 2);
    let link = [("channel", "C_GENERAL"), ("message_ts", thread.ts.as_str())];
    let _: SlackApiChatGetPermalinkResponse = read(&it.form("chat.getPermalink", &link).await);
    let args = json!({"channel": "C_GENERAL", "user": "U_ASHA", "text": "psst"});
    let _: SlackApiChatPostEphemeralResponse = read(&it.call("chat.postEphemeral", args).await);
}

#[tokio::test]
async fn conversations_and_people() {
    let it = setup().await;
    let _: SlackApiAuthTestResponse = read(&it.call("auth.test", json!({})).await);
    let args = json!({"users": "U_ASHA", "return_im": true});
    let _: SlackApiConversationsOpenResponse<SlackChannelInfo> =
        read(&it.call("conversations.open", args.clone()).await);
    let _: SlackApiConversationsOpenResponse<SlackBasicChannelInfo> =
        read(&it.call("conversations.open", args).await);
    let types = [("types", "public_channel,private_channel,im")];
    let list: SlackApiConversationsListResponse =
        read(&it.form("conversations.list", &types).await);
    assert_eq!(list.channels.len(), 2);
    let channel = [("channel", "C_GENERAL"), ("include_num_members", "true")];
    let info: SlackApiConversationsInfoResponse =
        read(&it.form("conversations.info", &channel).await);
    assert_eq!(info.channel.num_members, Some(3));
    let _: SlackApiConversationsMembersResponse =
        read(&it.form("conversations.members", &channel).await);
    let join = json!({"channel": "C_GENERAL"});
    let _: SlackApiConversationsJoinResponse = read(&it.call("conversations.join", join).await);
    let user = [("user", "U_ASHA")];
    let info: SlackApiUsersInfoResponse = read(&it.form("users.info", &user).await);
    let profile = info.user.profile.unwrap();
    assert_eq!(profile.email.unwrap().to_string(), "asha@example.com");
    let list: SlackApiUsersListResponse = read(&it.form("users.list", &[]).await);
    assert_eq!(list.members.len(), 4);
    let email = [("email", "asha@example.com")];
    let _: SlackApiUsersLookupByEmailResponse = read(&it.form("users.lookupByEmail", &email).await);
}

#[tokio::test]
async fn views_and_interactions() {
    let it = setup().await;
    let view = SlackView::Modal(
        SlackModalView::new(
            pt!("Time off"),
            slack_blocks![
                some_into(
                    SlackInputBlock::new(
                        pt!("First day"),
                        SlackBlockDatePickerElement::new()
                            .with_action_id("date".into())
                            .with_initial_date("2026-03-05".to_owned())
                            .into()
                    )
                    .with_block_id("first".into())
                ),
                some_into(SlackInputBlock::new(
                    pt!("Kind"),
                    SlackBlockStaticSelectElement::new()
                        .with_action_id("kind".into())
                        .with_options(vec![SlackBlockChoiceItem::new(
                            pt!("Vacation"),
                            "vacation".to_owned()
                        )])
                        .into()
                ))
            ],
        )
        .with_submit(pt!("Send")),
    );
    let opened = it.open(serde_json::to_value(&view).unwrap()).await;
    let opened: SlackApiViewsOpenResponse = read(&opened);
    let args = json!({"view_id": opened.view.state_params.id, "view": view});
    let _: SlackApiViewsUpdateResponse = read(&it.call("views.update", args).await);
    let asha = it.sim.person("T1", "U_ASHA");
    let form = asha.modal();
    form.fill("Kind", "Vacation").await;
    form.submit().await;
    let event: SlackInteractionEvent = serde_json::from_value(it.app.last().body).unwrap();
    let SlackInteractionEvent::ViewSubmission(event) = event else {
        panic!("{event:?}");
    };
    let values = event.view.state_params.state.unwrap().values;
    let date = &values[&"first".into()][&"date".into()];
    assert_eq!(date.selected_date.as_deref(), Some("2026-03-05"));

    posted(&it).await;
    asha.press("Approve").await;
    let event: SlackInteractionEvent = serde_json::from_value(it.app.last().body).unwrap();
    assert!(matches!(event, SlackInteractionEvent::BlockActions(_)));
    let home = json!({"user_id": "U_ASHA", "view": {"type": "home", "blocks": []}});
    let _: SlackApiViewsPublishResponse = read(&it.call("views.publish", home).await);
}
