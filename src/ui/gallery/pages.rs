//! What is on the pages of the gallery: each component at least once, with data like the console's.
//!
//! It must never be shown to users.

use super::framed;
use crate::text::Text;
use crate::ui::charts::*;
use crate::ui::components::*;
use crate::ui::icons::Icon;
use crate::ui::words::{number, t};
use leptos::prelude::*;

/// 2026-11-23 04:31:20 UTC.
const NOON_MS: i64 = 1_795_408_280_000;

fn china() -> UtcOffset {
    UtcOffset::from_minutes(480).unwrap()
}

/// Thirty days with two days missing, the same in every run.
fn days() -> Vec<Bar> {
    (1..=30_i64)
        .map(|day| {
            let video = 1_000 + (day * 7_919) % 9_800;
            let values = (day != 13 && day != 14).then(|| vec![video, video / 3 + (day * 131) % 3_000]);
            Bar { label: format!("2026-11-{day:02}"), tick: format!("11-{day:02}"), values }
        })
        .collect()
}

pub(super) fn usage() -> AnyView {
    framed("/usage", || {
        let columns = vec![
            Column::text(t("Date", "日期")).sorted_by("date"),
            Column::figure(t("Audio minutes", "音频时长（分钟）")).sorted_by("audio"),
            Column::figure(t("Video minutes", "视频时长（分钟）")),
            Column::figure(t("Users", "用户数")),
            Column::figure(t("Room entries", "进房次数")),
            Column::figure(t("Rooms", "房间数")),
        ];
        let rows: Vec<_> = (1..=5)
            .map(|day: i64| {
                let cells: Vec<_> =
                    [4_211, 8_892, 312, 1_204, 88].map(|value| view! { <td class="num">{number(value * day)}</td> }).into_iter().collect();
                view! { <tr><th scope="row">{format!("2026-11-{:02}", 31 - day)}</th>{cells}</tr> }
            })
            .collect();
        let tabs = vec![
            Tab::new(t("Interactive audio/video", "实时音视频"), "/usage", true),
            Tab::new(t("On-cloud recording", "云端录制"), "/usage/recording", false),
            Tab::new(t("Relay and mix", "转推与混流"), "/usage/relay", false),
        ];
        let apps = vec![Choice::new("all", t("All applications", "全部可见应用")), Choice::new("1400000001", "1400000001")];
        view! {
            <PageHeader
                title=t("Usage statistics", "用量统计")
                crumbs=vec![Crumb::here("TRTC"), Crumb::here(t("Usage statistics", "用量统计"))]
                tags=|| view! { <Tag tone=Tone::Brand>{t("3 of 12 applications", "12 个应用中的 3 个")}</Tag> }
                age=|| view! { <DataAge as_of_ms=NOON_MS now_ms=NOON_MS + 40_000 offset=china() refresh_href="/usage" /> }
                actions=|| view! { <LinkButton href="/usage/export.csv" external=true icon=Icon::Download>{t("Export CSV", "导出 CSV")}</LinkButton> }
            />
            <Tabs label=t("Usage", "用量") tabs />
            <FilterBar action="/usage" label=t("Filter", "筛选")>
                <Select name="app" label=t("Application", "应用") choices=apps value="all" />
                <DateField name="from" label=t("From", "开始日期") value="2026-11-01" max="2026-11-30" />
                <DateField name="to" label=t("To", "结束日期") value="2026-11-30" />
            </FilterBar>
            <StatRow>
                <StatTile label=t("Audio minutes", "音频时长（分钟）") value=number(132_480) change=Change::Up(t("8.2 % on October", "较十月 8.2 %").to_owned()) />
                <StatTile label=t("Video minutes", "视频时长（分钟）") value=number(248_911) change=Change::Up("3.1 %".to_owned()) />
                <StatTile label=t("Peak users", "峰值用户数") value=number(1_655) change=Change::Down("2.0 %".to_owned()) />
                <StatTile label=t("Rooms", "房间数") value="—" change=Change::Same(t("No data", "无数据").to_owned()) />
            </StatRow>
            <Card>
                <BarChart
                    id="minutes"
                    title=t("Minutes per day", "每日时长（分钟）")
                    series=vec![t("Video", "视频").to_owned(), t("Audio", "音频").to_owned()]
                    bars=days()
                    axis=t("Date", "日期")
                    note=t("Estimated from callbacks", "根据回调估算")
                />
            </Card>
            <DataTable
                caption=t("Minutes per day", "每日时长（分钟）")
                columns
                here="/usage?app=all"
                sort=Sort::from_query("-date")
                foot=|| view! { <Pager paging=Paging { page: 2, size: 20, total: 134 } here="/usage?app=all" /> }
            >
                {rows}
            </DataTable>
        }
        .into_any()
    })
}

pub(super) fn refused() -> AnyView {
    framed("/usage", || {
        let refusal = |denial, because| Refusal {
            title: Text::new("You don't have access to function configuration", "您无权访问功能配置"),
            lead: Text::new(
                "Function configuration needs an action that none of your policies allows.",
                "功能配置所需的操作未被您的任何策略允许。",
            ),
            who: Text::new("ops-ana (sub-account 100001002 of 100001)", "100001002（主账号 100001 的子账号）"),
            action: "trtc:HardDescribeMixConf".to_owned(),
            gloss: Text::new("read relay and recording configuration", "查看转推与录制配置"),
            resource: "*".to_owned(),
            denial,
            ways: Vec::new(),
            because,
            request_id: "5c0e0a51-b1f2".to_owned(),
            at_ms: NOON_MS,
        };
        view! {
            <PageHeader
                title=t("Function configuration", "功能配置")
                crumbs=vec![Crumb::here("TRTC"), Crumb::link(t("Applications", "应用管理"), "/apps"), Crumb::here("1400000001")]
            />
            <ExplainCard refusal=refusal(Denial::Implicit, vec![]) offset=china() way_back=("/usage".to_owned(), t("Usage statistics", "用量统计").to_owned()) />
            <ExplainCard refusal=refusal(Denial::Explicit, vec!["no-recording v2 #1".to_owned()])>
                <LinkButton href="/cam/policies" look=Look::Primary>{t("Open the policy", "打开策略")}</LinkButton>
            </ExplainCard>
        }
        .into_any()
    })
}

pub(super) fn list() -> AnyView {
    framed("/apps", || {
        let columns = || {
            vec![
                Column::text(t("Name", "名称")).sorted_by("name"),
                Column::text("SDKAppID"),
                Column::text(t("Status", "状态")),
                Column::text(t("Created", "创建时间")),
                Column::actions(),
            ]
        };
        let rows: Vec<_> = (1..=4_i64)
            .map(|row| {
                let id = 1_400_000_000 + row;
                let normal = row % 2 == 1;
                view! {
                    <tr>
                        <th scope="row"><a href=format!("/apps/{id}")>{format!("课堂_{row}")}</a></th>
                        <td><code>{id}</code> <CopyButton text=id.to_string() /></td>
                        <td>
                            {if normal {
                                view! { <Tag tone=Tone::Ok>{t("normal", "正常")}</Tag> }
                            } else {
                                view! { <Tag>{t("disabled", "已停用")}</Tag> }
                            }}
                        </td>
                        <td><Time at_ms=NOON_MS offset=china() precision=Precision::Minute /></td>
                        <td class="num">
                            {if row == 1 {
                                view! {
                                    <Locked by=Lock::Permission id=format!("edit-{id}") reason=t("Editing needs trtc:ModifyAppInfo on this application.", "编辑需要此应用的修改权限。")>
                                        {t("Edit", "编辑")}
                                    </Locked>
                                }
                                .into_any()
                            } else {
                                view! { <LinkButton href=format!("/apps/{id}/edit") look=Look::Text>{t("Edit", "编辑")}</LinkButton> }.into_any()
                            }}
                            " "
                            {if normal {
                                view! {
                                    <Locked by=Lock::State id=format!("delete-{id}") reason=t("Only a disabled application can be deleted. Disable it first.", "仅可删除已停用的应用，请先停用。")>
                                        {t("Delete", "删除")}
                                    </Locked>
                                }
                                .into_any()
                            } else {
                                view! {
                                    <Dialog
                                        id=format!("drop-{id}")
                                        opener=t("Delete", "删除")
                                        look=Look::Danger
                                        title=t("Delete this application?", "删除此应用？")
                                        open={row == 4}
                                    >
                                        <FormElement action=format!("/apps/{id}/delete") scope=format!("drop-{id}")>
                                            <div class="dialog-body">
                                                <p>{t("This cannot be undone. It ends:", "此操作不可撤销，将会：")}</p>
                                                <ul>
                                                    <li>{t("its usage history of 30 days", "删除 30 天的用量记录")}</li>
                                                    <li>{t("its callback address", "停用其回调地址")}</li>
                                                </ul>
                                            </div>
                                            <ConfirmActions
                                                kind=Confirm::TypeName(id.to_string())
                                                deed=t("Delete application", "删除应用")
                                            />
                                        </FormElement>
                                    </Dialog>
                                }
                                .into_any()
                            }}
                        </td>
                    </tr>
                }
            })
            .collect();
        view! {
            <PageHeader
                title=t("Applications", "应用管理")
                crumbs=vec![Crumb::here("TRTC"), Crumb::here(t("Applications", "应用管理"))]
                tags=|| view! { <ReadOnlyMark /> }
                actions=|| view! { <LinkButton href="/apps/new" look=Look::Primary icon=Icon::Plus>{t("Create application", "新建应用")}</LinkButton> }
            />
            <Toolbar>
                <SearchBox label=t("Name, SDKAppID or tag", "名称、SDKAppID 或标签") action="/apps" value="课堂" keep=vec![("sort".to_owned(), "name".to_owned())] />
            </Toolbar>
            <DataTable
                caption=t("Applications", "应用管理")
                columns=columns()
                here="/apps"
                sort=Sort::from_query("name")
                foot=|| view! { <Pager paging=Paging { page: 1, size: 20, total: 4 } here="/apps" /> }
            >
                {rows}
            </DataTable>
            <DataTable caption=t("No match", "无匹配") columns=columns() here="/apps">
                <WideRow columns=5>
                    <EmptyState why=Empty::NoMatch { clear_href: "/apps".to_owned() } />
                </WideRow>
            </DataTable>
        }
        .into_any()
    })
}

pub(super) fn form() -> AnyView {
    framed("/apps", || {
        let errors: Signal<Vec<FieldError>> = Signal::stored(vec![
            FieldError::new("name", t("The name has 22 characters; 15 are allowed.", "名称为 22 个字符，上限为 15 个。")),
            FieldError::new("formats", t("Choose at least one format.", "请至少选择一种格式。")),
            FieldError::new("", t("Someone else has changed this in the meantime.", "该配置已被他人修改。")),
        ]);
        let modes = vec![
            Choice::new("global", t("Global automatic recording", "全局自动录制"))
                .with_hint(t("Every room is recorded.", "录制所有房间。")),
            Choice::new("user", t("Specified-user recording", "指定用户录制")).with_hint(t("Your server says whom.", "由您的服务端指定。")),
        ];
        let formats = ["HLS", "MP4", "FLV", "AAC"].map(|name| Choice::new(name.to_lowercase(), name)).to_vec();
        view! {
            <PageHeader title=t("On-cloud recording", "云端录制") crumbs=vec![Crumb::link(t("Applications", "应用管理"), "/apps"), Crumb::here("1400000001")] />

            <Card title=t("Recording", "录制") note=t("A change takes effect after some minutes.", "修改将在数分钟后生效。") actions=|| view! { <Tag tone=Tone::Warn>{t("off", "未开启")}</Tag> }>
                <FormElement action="/apps/1400000001/features" scope="rec" errors>
                    <TextField name="name" label=t("Name", "名称") value="课堂 <b>&" required=true hint=t("Digits, letters, Chinese characters, underscore.", "数字、字母、汉字、下划线。") />
                    <RadioGroup name="mode" label=t("Mode", "录制方式") choices=modes value="user" />
                    <CheckboxGroup name="formats" label=t("File formats", "文件格式") choices=formats chosen=vec!["mp4".to_owned()] hint=t("One or more.", "一种或多种。") />
                    <TextField name="length" label=t("Maximum file length", "单文件最大时长") kind="number" value="60" min="1" max="120" unit=t("min", "分钟") required=true />
                    <TextField name="callback" label=t("Callback address", "回调地址") kind="url" mono=true />
                    <PasswordField name="current" label=t("Your password", "您的密码") autocomplete="current-password" />
                    <TextArea name="about" label=t("Description", "描述") value="</textarea><b>&" />
                    <Checkbox name="understood" label=t("I know that users without a key cannot enter.", "我了解没有密钥的用户将无法进房。") checked=true hint=t("Advanced permission control", "高级权限控制") />
                    <FormActions>
                        <SubmitButton>{t("Save", "保存")}</SubmitButton>
                        <SubmitButton pending=Signal::stored(true) look=Look::Plain>{t("Saving", "保存中")}</SubmitButton>
                        <LinkButton href="/apps/1400000001">{t("Cancel", "取消")}</LinkButton>
                    </FormActions>
                </FormElement>
            </Card>
        }
        .into_any()
    })
}

pub(super) fn states() -> AnyView {
    framed("/", || {
        let failed = Empty::Failed { code: "Unavailable".to_owned(), request_id: "5c0e0a51".to_owned(), retry_href: "/".to_owned() };
        view! {
            <PageHeader title=t("States", "状态") />
            <Notice>{t("Something to know, with ", "提示信息，含")} <a href="/">{t("a link", "链接")}</a></Notice>
            <Notice tone=Tone::Brand>{t("You can see 3 of 12 applications.", "您可查看 12 个应用中的 3 个。")}</Notice>
            <Notice tone=Tone::Ok title=t("Saved", "已保存")>{t("Version v3 is the default now.", "当前默认版本为 v3。")}</Notice>
            <Notice tone=Tone::Warn>{t("Rights were withdrawn while this page was open.", "页面打开期间权限已被收回。")}</Notice>
            <Notice tone=Tone::Error title=t("Not saved", "未保存")>{t("The server did not answer.", "服务器没有响应。")}</Notice>
            <Card title=t("Tags", "标签")>
                <Tag>{t("plain", "普通")}</Tag> " " <Tag tone=Tone::Brand>{t("default", "默认")}</Tag> " " <Tag tone=Tone::Ok>{t("normal", "正常")}</Tag> " "
                <Tag tone=Tone::Warn>{t("expires", "即将到期")}</Tag> " " <Tag tone=Tone::Error>{t("broken", "异常")}</Tag>
            </Card>
            <Card title=t("Buttons", "按钮")>
                <FormActions>
                    <SubmitButton>{t("Primary", "主要")}</SubmitButton>
                    <LinkButton href="/" icon=Icon::Refresh>{t("Plain", "普通")}</LinkButton>
                    <SubmitButton look=Look::Danger icon=Icon::Bin>{t("Danger", "危险")}</SubmitButton>
                    <LinkButton href="/" look=Look::Text>{t("Text", "文字")}</LinkButton>
                    <Locked by=Lock::Permission id="lock-a" reason=t("You have this permission on other applications but not on this one.", "您在其他应用上拥有此权限，但没有此应用的权限。")>{t("Disable", "停用")}</Locked>
                    <Locked by=Lock::State id="lock-b" reason=t("Turn on relay to CDN first.", "请先开启旁路转推。")>{t("Start", "开启")}</Locked>
                </FormActions>
            </Card>
            <Card title=t("Nothing", "空状态")>
                <EmptyState why=Empty::NothingYet>
                    <p>{t("Create the first one.", "创建第一个。")}</p>
                    <LinkButton href="/apps/new" look=Look::Primary>{t("Create application", "新建应用")}</LinkButton>
                </EmptyState>
                <EmptyState why=Empty::NoMatch { clear_href: "/apps".to_owned() } />
                <EmptyState why=Empty::NoPermission><p>{t("It needs an action you were not granted.", "需要未授予您的操作权限。")}</p></EmptyState>
                <EmptyState why=Empty::NotEnabled />
                <EmptyState why=failed />
                <EmptyState why=Empty::Loading />
                <Skeleton lines=4 />
            </Card>
        }
        .into_any()
    })
}

pub(super) fn detail() -> AnyView {
    framed("/cam/users", || {
        let changes = vec![
            Changed {
                name: t("Mode", "方式").to_owned(),
                before: Some(t("global", "全局").to_owned()),
                after: Some(t("specified", "指定").to_owned()),
            },
            Changed { name: t("Callback", "回调").to_owned(), before: None, after: Some("https://rec.acme.example/hook".to_owned()) },
        ];
        view! {
            <PageHeader title="ops-ana" crumbs=vec![Crumb::here(t("Access management", "访问管理")), Crumb::link(t("Users", "用户"), "/cam/users"), Crumb::here("ops-ana")]
                actions=|| view! {
                    <Dialog id="rename" opener=t("Rename", "重命名") icon=Icon::Pencil title=t("Rename", "重命名")>
                        <FormElement action="/cam/users/rename" scope="rename">
                            <TextField name="name" label=t("Name", "名称") value="ops-ana" required=true />
                            <ConfirmActions kind=Confirm::Plain deed=t("Rename", "重命名") />
                        </FormElement>
                    </Dialog>
                } />
            <Card title=t("Facts", "基本信息")>
                <Facts>
                    <Fact name="UIN"><code>"100001002"</code> <CopyButton text="100001002" /></Fact>
                    <Fact name=t("Created", "创建时间")><Time at_ms=NOON_MS offset=china() /></Fact>
                    <Fact name=t("Groups", "用户组")><a href="/cam/groups/1">{t("night shift", "夜班")}</a></Fact>
                </Facts>
            </Card>
            <SecretOnce label=t("Console password", "控制台密码") secret="tR7-kk29-QmZ0-xx1v" />
            <Card title=t("History", "变更记录")>
                <History>
                    <HistoryEntry who="root@acme.example" at_ms=NOON_MS offset=china() what=t("changed on-cloud recording", "修改了云端录制") changes />
                    <HistoryEntry who="root@acme.example" at_ms=NOON_MS - 90_000_000 offset=china() what=t("created it", "创建") />
                </History>
            </Card>
            <Card title=t("Empty chart", "空图表")>
                <BarChart id="none" title=t("Rooms per day", "每日房间数") series=vec![t("rooms", "房间").to_owned()] bars=vec![] axis=t("Date", "日期") />
            </Card>
            <Card title=t("Three series", "三个系列")>
                <BarChart
                    id="three"
                    title=t("Rooms per day", "每日房间数")
                    series=vec![t("Video", "视频").to_owned(), t("Audio", "音频").to_owned(), t("other", "其他").to_owned()]
                    bars=(1..=7).map(|day| Bar { label: format!("2026-11-0{day}"), tick: format!("11-0{day}"), values: Some(vec![day * 3, 9, 4]) }).collect()
                    axis=t("Date", "日期")
                    table_elsewhere=true
                />
            </Card>
        }
        .into_any()
    })
}

pub(super) fn login() -> AnyView {
    let errors = Signal::stored(vec![FieldError::new("", t("User name or password is wrong.", "用户名或密码错误。"))]);
    view! {
        <BareShell title=t("Log in", "登录") here="/login">
            <FormElement action="/login" errors>
                <TextField name="username" label=t("User name", "用户名") autocomplete="username" required=true value="ops-ana" />
                <PasswordField name="password" label=t("Password", "密码") autocomplete="current-password" />
                <FormActions><SubmitButton>{t("Log in", "登录")}</SubmitButton></FormActions>
            </FormElement>
        </BareShell>
    }
    .into_any()
}
