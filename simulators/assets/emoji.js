// Names to characters for the emoji that apps commonly use.

import { h } from './dom.js';

const LIST = `
smile 😄|smiley 😃|grinning 😀|slightly_smiling_face 🙂|simple_smile 🙂|wink 😉|blush 😊|joy 😂|laughing 😆|grin 😁|sweat_smile 😅
thinking_face 🤔|neutral_face 😐|confused 😕|slightly_frowning_face 🙁|disappointed 😞|cry 😢|sob 😭|angry 😠|scream 😱|sleeping 😴
sunglasses 😎|nerd_face 🤓|face_with_thermometer 🤒|mask 😷|sneezing_face 🤧|nauseated_face 🤢|exploding_head 🤯|hugging_face 🤗|upside_down_face 🙃
relieved 😌|pensive 😔|worried 😟|open_mouth 😮|heart_eyes 😍|partying_face 🥳|shrug 🤷|facepalm 🤦|robot_face 🤖|ghost 👻|skull 💀|zzz 💤
wave 👋|+1 👍|thumbsup 👍|-1 👎|thumbsdown 👎|ok_hand 👌|clap 👏|raised_hands 🙌|pray 🙏|muscle 💪|point_right 👉|point_left 👈|point_up ☝️|point_down 👇
raised_hand ✋|hand ✋|raising_hand 🙋|handshake 🤝|v ✌️|eyes 👀|writing_hand ✍️|brain 🧠|baby 👶|family 👪
heart ❤️|green_heart 💚|blue_heart 💙|yellow_heart 💛|broken_heart 💔|sparkles ✨|star ⭐|star2 🌟|fire 🔥|100 💯|boom 💥|dizzy 💫|tada 🎉|confetti_ball 🎊|balloon 🎈|gift 🎁|birthday 🎂|trophy 🏆|medal 🏅|crown 👑
white_check_mark ✅|heavy_check_mark ✔️|ballot_box_with_check ☑️|x ❌|negative_squared_cross_mark ❎|heavy_multiplication_x ✖️|no_entry ⛔|no_entry_sign 🚫|warning ⚠️|rotating_light 🚨|exclamation ❗|question ❓|grey_exclamation ❕|grey_question ❔|bangbang ‼️|information_source ℹ️|sos 🆘|recycle ♻️
red_circle 🔴|large_orange_circle 🟠|large_yellow_circle 🟡|large_green_circle 🟢|large_blue_circle 🔵|white_circle ⚪|black_circle ⚫|large_red_square 🟥|large_green_square 🟩|large_yellow_square 🟨|large_blue_square 🟦|white_large_square ⬜|black_large_square ⬛|small_blue_diamond 🔹|small_orange_diamond 🔸|heavy_minus_sign ➖|heavy_plus_sign ➕
arrow_right ➡️|arrow_left ⬅️|arrow_up ⬆️|arrow_down ⬇️|arrow_upper_right ↗️|arrows_counterclockwise 🔄|arrow_forward ▶️|fast_forward ⏩|rewind ⏪|repeat 🔁|leftwards_arrow_with_hook ↩️|arrow_right_hook ↪️|back 🔙|soon 🔜
hourglass ⌛|hourglass_flowing_sand ⏳|watch ⌚|alarm_clock ⏰|stopwatch ⏱️|clock1 🕐|clock3 🕒|clock9 🕘|clock12 🕛|calendar 📆|date 📅|spiral_calendar_pad 🗓️|spiral_calendar 🗓️
palm_tree 🌴|beach_with_umbrella 🏖️|beach_umbrella 🏖️|desert_island 🏝️|sunny ☀️|sun_with_face 🌞|sunrise 🌅|partly_sunny ⛅|cloud ☁️|rain_cloud 🌧️|snowflake ❄️|snowman ⛄|umbrella ☔|rainbow 🌈|zap ⚡|crescent_moon 🌙|first_quarter_moon 🌓|full_moon 🌕|earth_africa 🌍|earth_americas 🌎|globe_with_meridians 🌐|mountain ⛰️|camping 🏕️|tent ⛺|ocean 🌊|evergreen_tree 🌲|christmas_tree 🎄|herb 🌿|seedling 🌱|four_leaf_clover 🍀|cherry_blossom 🌸|sunflower 🌻
airplane ✈️|airplane_departure 🛫|airplane_arriving 🛬|luggage 🧳|car 🚗|train 🚆|bus 🚌|bike 🚲|ship 🚢|rocket 🚀|world_map 🗺️|house 🏠|house_with_garden 🏡|office 🏢|hospital 🏥|school 🏫|church ⛪|national_park 🏞️
pill 💊|syringe 💉|thermometer 🌡️|adhesive_bandage 🩹|stethoscope 🩺|ambulance 🚑|microbe 🦠|wheelchair ♿
coffee ☕|tea 🍵|beer 🍺|beers 🍻|champagne 🍾|cake 🍰|pizza 🍕|apple 🍎|icecream 🍦|cookie 🍪
memo 📝|pencil 📝|pencil2 ✏️|clipboard 📋|page_facing_up 📄|scroll 📜|file_folder 📁|open_file_folder 📂|bookmark 🔖|bookmark_tabs 📑|books 📚|book 📖|newspaper 📰|pushpin 📌|round_pushpin 📍|paperclip 📎|link 🔗|label 🏷️|inbox_tray 📥|outbox_tray 📤|package 📦|envelope ✉️|email 📧|incoming_envelope 📨|mailbox 📫|bar_chart 📊|chart_with_upwards_trend 📈|chart_with_downwards_trend 📉|moneybag 💰|credit_card 💳|receipt 🧾|card_index 📇|wastebasket 🗑️
bell 🔔|no_bell 🔕|mega 📣|loudspeaker 📢|speech_balloon 💬|thought_balloon 💭|mag 🔍|mag_right 🔎|lock 🔒|unlock 🔓|key 🔑|gear ⚙️|wrench 🔧|hammer 🔨|hammer_and_wrench 🛠️|toolbox 🧰|bulb 💡|electric_plug 🔌|battery 🔋|computer 💻|desktop_computer 🖥️|iphone 📱|phone ☎️|telephone_receiver 📞|camera 📷|shield 🛡️|satellite_antenna 📡|bug 🐛|construction 🚧|checkered_flag 🏁|triangular_flag_on_post 🚩|white_flag 🏳️|flag-us 🇺🇸|flag-gb 🇬🇧|flag-de 🇩🇪|flag-fr 🇫🇷|flag-nl 🇳🇱|flag-pl 🇵🇱|flag-in 🇮🇳|us 🇺🇸|gb 🇬🇧|de 🇩🇪|fr 🇫🇷
bust_in_silhouette 👤|busts_in_silhouette 👥|technologist 🧑‍💻|office_worker 🧑‍💼|student 🧑‍🎓|superhero 🦸|crystal_ball 🔮|game_die 🎲|art 🎨|guitar 🎸|soccer ⚽|running 🏃|walking 🚶|man-surfing 🏄|surfer 🏄|snowboarder 🏂|ski 🎿|person_in_lotus_position 🧘|dog 🐶|cat 🐱|turtle 🐢|unicorn_face 🦄|bird 🐦|butterfly 🦋
one 1️⃣|two 2️⃣|three 3️⃣|four 4️⃣|five 5️⃣|zero 0️⃣|new 🆕|ok 🆗|free 🆓|up 🆙|cool 🆒|copyright ©️|tm ™️|infinity ♾️|jigsaw 🧩|seat 💺|couch_and_lamp 🛋️|bed 🛏️|mortar_board 🎓|scales ⚖️|ring 💍|dove_of_peace 🕊️|candle 🕯️
`;

const NAMES = new Map(
  LIST.trim().split(/[|\n]/).filter(Boolean).map((pair) => {
    const at = pair.indexOf(' ');
    return [pair.slice(0, at), pair.slice(at + 1)];
  }),
);

// A machine without an emoji font shows the name instead of an empty box; the text of the node stays the character.
const PROBE = '🌴';
function canDraw() {
  const pixels = (text) => {
    const canvas = h('canvas', { width: 24, height: 24 });
    const pen = canvas.getContext('2d', { willReadFrequently: true });
    pen.font = '16px sans-serif';
    pen.fillText(text, 2, 18);
    return pen.getImageData(0, 0, 24, 24).data.join();
  };
  return pixels(PROBE) !== pixels('\u{10fffd}');
}
if (!canDraw()) document.documentElement.classList.add('no-emoji');

export const emojiNode = (name) => h('span', { class: 'emoji', title: `:${name}:` }, NAMES.get(name));

export const emojiNodes = (text) =>
  String(text ?? '').split(/(:[a-z0-9_+'-]+:(?::skin-tone-\d:)?)/i).filter(Boolean).map((part) => {
    const name = part.replace(/:(:skin-tone-\d:)?$/, '').slice(1);
    return part.startsWith(':') && NAMES.has(name) ? emojiNode(name) : part;
  });

export const emoji = (name) => NAMES.get(name.replace(/::skin-tone-\d$/, ''));

export const withEmoji = (text) =>
  String(text ?? '').replace(/:([a-z0-9_+'-]+)(?:::skin-tone-\d)?:/gi, (whole, name) => NAMES.get(name) || whole);
