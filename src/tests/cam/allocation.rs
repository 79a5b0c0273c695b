//! Deciding allocates nothing, with and without conditions.
//!
//! It must never count the allocations of other tests: the counter belongs to the thread.

#![expect(unsafe_code, reason = "a global allocator cannot be written without")]

use super::{app, holding};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use trtc_console::cam::{Context, ResourceRef};

struct Counting;

thread_local! {
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: every call goes to the system allocator unchanged; counting touches a constant-initialised thread local without destructor.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.with(|count| count.set(count.get() + 1));
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

fn allocations(mut run: impl FnMut()) -> usize {
    let before = COUNT.with(Cell::get);
    run();
    COUNT.with(Cell::get) - before
}

#[test]
fn a_decision_allocates_nothing() {
    let conditions = r#"{
        "string_equal_ignore_case":{"k":["A","B"]}, "string_like":{"k":"*"}, "numeric_less_than":{"n":"1e3"},
        "date_less_than":{"qcs:current_time":"2027-01-01T00:00:00Z"}, "ip_equal":{"qcs:ip":["10.0.0.0/8","::1"]},
        "for_all_value:string_not_equal":{"qcs:resource_tag":"x&y"}, "string_equal":{"qcs:tag/a":"b","qcs:tag/c":"d","mfa":"0"},
        "null_equal":{"absent":"true"}, "bool_equal_if_exist":{"b":"true"}}"#;
    let set = holding(&format!(
        r#"{{"effect":"allow","action":["trtc:Describe*","trtc:DismissRoom"],"resource":["qcs::trtc:::sdkappid/1*","qcs::trtc:::a/b/*"],"condition":{conditions}}},
           {{"effect":"deny","action":"trtc:RemoveUser","resource":"*"}}"#
    ));
    let context = Context::new()
        .with_mfa(false)
        .with_ip("10.1.2.3".parse().unwrap())
        .with_time_ms(1_795_521_600_000)
        .with("k", "b")
        .with("n", "12.5")
        .with("qcs:resource_tag/c", "d")
        .with_resource_tags(["a&b".to_owned()]);
    let (one, other) = (app(1), app(2));
    let mut verdicts = Vec::with_capacity(16);
    let count = allocations(|| {
        for action in ["trtc:DescribeRoomInfo", "trtc:DismissRoom", "trtc:RemoveUser", "trtc:Nothing"] {
            verdicts.push(set.verdict(action, &one, &context));
            verdicts.push(set.verdict(action, &other, &context));
            verdicts.push(set.verdict(action, ResourceRef::All, &context));
        }
    });
    assert_eq!(verdicts.iter().filter(|verdict| verdict.is_allow()).count(), 2, "the conditions hold: {verdicts:?}");
    assert_eq!(count, 0);
    assert!(allocations(|| drop(app(3))) > 0, "the counter counts");
}
