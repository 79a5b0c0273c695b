//! What is asked about rights, as it stands in the address of the page.
//!
//! Whatever cannot be understood is said to be wrong; it must never be taken for something else.

use super::applications::Tag;
use super::days::Day;
use super::fault::{Fault, FieldFaults};
use super::ids::SdkAppId;
use crate::catalog::ActionRow;
use crate::catalog::limits::MAX_TAGS_PER_RESOURCE;
use crate::catalog::service::find_action;
use crate::text::Text;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// People, actions and applications of one try, of each.
pub const MAX_TRIED: usize = 20;
/// Requests of one try by several people: the columns of a table.
pub const MAX_COLUMNS: usize = 40;
/// Lines of a list that is tried out at once.
pub const MAX_LINES: usize = 1_000;
/// All applications, as it stands in an address.
pub const EVERY_APP: &str = "all";

/// The tabs of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum RightsTab {
    /// Who can do something.
    #[default]
    WhoCan,
    /// What one person may use.
    Person,
    /// What differs between two.
    Differences,
    /// A request tried out.
    Simulator,
}

impl RightsTab {
    /// Every tab, in the order of the screen.
    pub const ALL: [Self; 4] = [Self::WhoCan, Self::Person, Self::Differences, Self::Simulator];

    /// The value of `tab` in an address.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::WhoCan => "",
            Self::Person => "person",
            Self::Differences => "differences",
            Self::Simulator => "simulator",
        }
    }

    /// The tab of a tag; anything unknown is the first.
    #[must_use]
    pub fn from_tag(tag: &str) -> Self {
        Self::ALL.into_iter().find(|tab| tab.tag() == tag).unwrap_or_default()
    }
}

/// The fields of the forms, all of which stand in the address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RightsForm {
    /// The action; in the simulator several, with commas or spaces between them.
    pub action: String,
    /// The number of an application, `all`, or nothing for any; in the simulator several numbers.
    pub app: String,
    /// A resource in six segments, for actions on something else.
    pub resource: String,
    /// UIN or login name; in the simulator several, with commas or spaces between them.
    pub person: String,
    /// UIN or login name of who is compared.
    pub other: String,
    /// The text of a policy that counts besides, or alone where no person is named.
    pub draft: String,
    /// The address it is done from; empty for any.
    pub address: String,
    /// When, `YYYY-MM-DDThh:mm` at the offset of the organisation; empty for now.
    pub at: String,
    /// `yes` or `no`; empty for either.
    pub mfa: String,
    /// Tags that the request carries, `key=value`, with commas between them.
    pub tags: String,
    /// What the names of people must contain.
    pub q: String,
    /// The page, from 1.
    pub page: String,
}

/// The form of a list of requests. It is posted, since an address has no room for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BatchForm {
    /// A line for each: user, action and, where it matters, an SDKAppID, `all` or a resource in six segments.
    pub requests: String,
    /// See [`RightsForm`].
    pub address: String,
    /// See [`RightsForm`].
    pub at: String,
    /// See [`RightsForm`].
    pub mfa: String,
}

impl BatchForm {
    /// The circumstances, as the other forms have them.
    #[must_use]
    pub fn circumstances(&self) -> RightsForm {
        RightsForm { address: self.address.clone(), at: self.at.clone(), mfa: self.mfa.clone(), ..RightsForm::default() }
    }
}

/// The circumstances of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Circumstances {
    /// The address; `None` for any.
    pub address: Option<IpAddr>,
    /// The time, epoch milliseconds.
    pub at_ms: i64,
    /// Whether a second factor was verified; `None` for either.
    pub mfa: Option<bool>,
    /// The tags that it carries.
    pub tags: Vec<Tag>,
}

/// What a request is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// Any application, or no thing in particular.
    Any,
    /// Every application that there is.
    EveryApp,
    /// One application.
    App(SdkAppId),
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ' ', '，', '\n', '\r', '\t']).map(str::trim).filter(|part| !part.is_empty())
}

impl RightsForm {
    /// The page that is asked for, from 1.
    #[must_use]
    pub fn page(&self) -> i64 {
        self.page.trim().parse().unwrap_or(1)
    }

    /// The circumstances that were asked for, as of now, at an offset from UTC in minutes.
    ///
    /// # Errors
    /// [`Fault::Invalid`] with every field that cannot be understood.
    pub fn circumstances(&self, now_ms: i64, utc_offset_mins: i64) -> Result<Circumstances, Fault> {
        let mut faults = FieldFaults::default();
        let address = match self.address.trim() {
            "" => None,
            text => {
                let read = text.parse::<IpAddr>().ok();
                faults.check(read.is_some(), "address", || {
                    Text::new("Enter one IP address, for example 203.0.113.7.", "请填写一个 IP 地址，例如 203.0.113.7。")
                });
                read
            }
        };
        let at_ms = match self.at.trim() {
            "" => Some(now_ms),
            text => instant(text, utc_offset_mins),
        };
        faults.check(at_ms.is_some(), "at", || {
            Text::new("Enter date and time, for example 2026-06-01T09:30.", "请填写日期和时间，例如 2026-06-01T09:30。")
        });
        let mfa = match self.mfa.as_str() {
            "" => None,
            choice => {
                faults.check(matches!(choice, "yes" | "no"), "mfa", || Text::new("This value is not known.", "无法识别该值。"));
                Some(choice == "yes")
            }
        };
        let tags = tags(&self.tags, &mut faults);
        faults.finish()?;
        Ok(Circumstances { address, at_ms: at_ms.unwrap_or(now_ms), mfa, tags })
    }

    /// The one action that was asked for; `None` when none was.
    ///
    /// # Errors
    /// [`Fault::Invalid`] for what is no action of the console.
    pub fn one_action(&self) -> Result<Option<&'static ActionRow>, Fault> {
        match self.actions()?.as_slice() {
            [] => Ok(None),
            [one] => Ok(Some(one)),
            _ => Err(Fault::invalid("action", Text::new("Enter one action.", "请填写一个操作。"))),
        }
    }

    /// The actions that were asked for, each once.
    ///
    /// # Errors
    /// [`Fault::Invalid`] for what is no action of the console, and for too many.
    pub fn actions(&self) -> Result<Vec<&'static ActionRow>, Fault> {
        let mut actions = Vec::new();
        for name in parts(&self.action) {
            let row = find_action(name.strip_prefix("name/").unwrap_or(name)).ok_or_else(|| {
                Fault::invalid(
                    "action",
                    Text::new(
                        "There is no such action. Enter it in full, for example trtc:DescribeRoomInfo.",
                        "没有该操作。请填写完整名称，例如 trtc:DescribeRoomInfo。",
                    ),
                )
            })?;
            if !actions.contains(&row) {
                actions.push(row);
            }
        }
        within(actions.len(), "action")?;
        Ok(actions)
    }

    /// The people of the simulator, each once, as they were typed.
    ///
    /// # Errors
    /// [`Fault::Invalid`] for too many.
    pub fn people(&self) -> Result<Vec<&str>, Fault> {
        let mut people = Vec::new();
        for name in parts(&self.person) {
            if !people.contains(&name) {
                people.push(name);
            }
        }
        within(people.len(), "person")?;
        Ok(people)
    }

    /// What the requests are about, each once; any application where nothing is named.
    ///
    /// # Errors
    /// [`Fault::NotFound`] for what cannot be the number of an application, [`Fault::Invalid`] for too many.
    pub fn about(&self) -> Result<Vec<About>, Fault> {
        let mut about = Vec::new();
        for part in parts(&self.app) {
            let one = match part {
                EVERY_APP => About::EveryApp,
                number => About::App(number.parse().map_err(|_| Fault::NotFound)?),
            };
            if !about.contains(&one) {
                about.push(one);
            }
        }
        within(about.len(), "app")?;
        Ok(if about.is_empty() { vec![About::Any] } else { about })
    }
}

impl About {
    /// As it stands in an address.
    #[must_use]
    pub fn tag(&self) -> String {
        match self {
            Self::Any => String::new(),
            Self::EveryApp => EVERY_APP.to_owned(),
            Self::App(id) => id.to_string(),
        }
    }
}

fn within(count: usize, field: &str) -> Result<(), Fault> {
    if count <= MAX_TRIED {
        return Ok(());
    }
    Err(Fault::invalid(field, Text::made(format!("Enter at most {MAX_TRIED}."), format!("最多可填写 {MAX_TRIED} 个。"))))
}

/// The time of `YYYY-MM-DDThh:mm` at an offset from UTC in minutes, epoch milliseconds. Fields for date and time send it so; seconds may follow.
#[must_use]
pub fn instant(text: &str, utc_offset_mins: i64) -> Option<i64> {
    let (day, clock) = text.split_once(['T', ' '])?;
    let day: Day = day.parse().ok()?;
    let mut numbers = clock.split(':').map(|part| part.parse::<i64>().ok().filter(|_| part.len() == 2));
    let (hours, mins) = (numbers.next()??, numbers.next()??);
    let secs = match numbers.next() {
        Some(secs) => secs?,
        None => 0,
    };
    let exists = hours < 24 && mins < 60 && secs < 60 && hours >= 0 && mins >= 0 && secs >= 0 && numbers.next().is_none();
    exists.then(|| day.start_ms(utc_offset_mins) + ((hours * 60 + mins) * 60 + secs) * 1_000)
}

/// Tags, `key=value` with commas between them; nothing when one of them cannot be read.
#[must_use]
pub fn tags_of(text: &str) -> Option<Vec<Tag>> {
    let pairs = text.split([',', '，', '\n']).map(str::trim).filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (key, value) = pair.split_once('=')?;
            let (key, value) = (key.trim(), value.trim());
            let readable = !key.is_empty() && !pair.contains('&') && !pair.contains(char::is_control);
            readable.then(|| Tag { key: key.to_owned(), value: value.to_owned() })
        })
        .collect()
}

fn tags(text: &str, faults: &mut FieldFaults) -> Vec<Tag> {
    let tags = tags_of(text).filter(|tags| tags.len() <= MAX_TAGS_PER_RESOURCE);
    faults.check(tags.is_some(), "tags", || {
        Text::new("Enter tags as key=value, separated by commas.", "请按 key=value 的格式填写标签，以逗号分隔。")
    });
    tags.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(fields: &[(&str, &str)]) -> RightsForm {
        let mut form = RightsForm::default();
        for (name, value) in fields {
            let field = match *name {
                "action" => &mut form.action,
                "app" => &mut form.app,
                "address" => &mut form.address,
                "at" => &mut form.at,
                "mfa" => &mut form.mfa,
                "tags" => &mut form.tags,
                other => panic!("{other}"),
            };
            (*value).clone_into(field);
        }
        form
    }

    #[test]
    fn circumstances_are_read_or_said_to_be_wrong() {
        let read = |fields: &[(&str, &str)]| form(fields).circumstances(7, 480);
        let plain = Circumstances { at_ms: 7, ..Circumstances::default() };
        assert_eq!(read(&[]), Ok(plain));
        let all =
            read(&[("address", " 203.0.113.7"), ("at", "1970-01-01T08:01"), ("mfa", "no"), ("tags", "team=live, env = a=b")]).unwrap();
        assert_eq!((all.address.unwrap().to_string().as_str(), all.at_ms, all.mfa), ("203.0.113.7", 60_000, Some(false)));
        let tags: Vec<_> = all.tags.iter().map(|tag| format!("{}&{}", tag.key, tag.value)).collect();
        assert_eq!(tags, ["team&live", "env&a=b"]);
        for wrong in [
            ("address", "10.0.0.0/8"),
            ("at", "tomorrow"),
            ("at", "2026-06-01T24:00"),
            ("at", "2026-06-01T-1:00"),
            ("mfa", "1"),
            ("tags", "team"),
            ("tags", "=x"),
            ("tags", "a&b=c"),
        ] {
            let Err(Fault::Invalid(faults)) = read(&[wrong]) else { panic!("{wrong:?}") };
            assert_eq!((faults.len(), faults[0].field.as_str()), (1, wrong.0), "{wrong:?}");
        }
    }

    #[test]
    fn actions_and_applications_are_each_named_once() {
        let names = |text: &str| form(&[("action", text)]).actions().map(|rows| rows.iter().map(|row| row.name).collect::<Vec<_>>());
        assert_eq!(names("trtc:DismissRoom, name/trtc:DismissRoom\ncam:AddUser").unwrap(), ["DismissRoom", "AddUser"]);
        assert!(matches!(names("trtc:*"), Err(Fault::Invalid(_))) && matches!(names("trtc:dismissroom"), Err(Fault::Invalid(_))));
        assert!(form(&[("action", "trtc:DismissRoom cam:AddUser")]).one_action().is_err());
        assert_eq!(form(&[]).one_action(), Ok(None));
        let about = |text: &str| form(&[("app", text)]).about();
        assert_eq!(about("").unwrap(), [About::Any]);
        assert_eq!(about("1400000001,all 1400000001").unwrap(), [About::App(SdkAppId(1_400_000_001)), About::EveryApp]);
        assert_eq!(about("x"), Err(Fault::NotFound));
        let many: Vec<String> = (0..21).map(|number| (1_400_000_001_i64 + number).to_string()).collect();
        assert!(matches!(about(&many.join(",")), Err(Fault::Invalid(_))));
    }
}
