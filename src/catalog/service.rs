//! The services whose actions the console knows, their names, and finding an action among them.
//!
//! It must never hold a service without actions: a policy may name other services, the console has nothing to say about them.

use super::action::{self, ActionRow};
use crate::text::Text;

/// One service (product) of the catalogue.
#[derive(Debug)]
pub struct Service {
    /// The name in policies, lower case: `trtc`.
    pub id: &'static str,
    /// The product's name.
    pub name: Text,
    /// Its actions, in byte order of their names.
    pub actions: &'static [&'static ActionRow],
}

impl Service {
    /// The service of that id (exact case), or `None`.
    #[must_use]
    pub fn find(id: &str) -> Option<&'static Self> {
        SERVICES.iter().find(|service| service.id == id)
    }
}

static SERVICES: [Service; 5] = [
    Service { id: "trtc", name: Text::new("Real-Time Communication (TRTC)", "实时音视频（TRTC）"), actions: action::trtc::ROWS },
    Service { id: "cam", name: Text::new("Cloud Access Management (CAM)", "访问管理（CAM）"), actions: action::cam::ROWS },
    Service { id: "cloudaudit", name: Text::new("CloudAudit", "云审计（CloudAudit）"), actions: action::cloudaudit::ROWS },
    Service { id: "tag", name: Text::new("Tags", "标签"), actions: action::tag::ROWS },
    Service { id: "sts", name: Text::new("Security Token Service (STS)", "安全凭证服务（STS）"), actions: action::sts::ROWS },
];

/// Every service of the catalogue, the product itself first.
#[must_use]
pub fn services() -> &'static [Service] {
    &SERVICES
}

/// The action of that full name (`trtc:DescribeRoomInfo`, exact case), or `None`. Looks up by halves, without allocation.
#[must_use]
pub fn find_action(full: &str) -> Option<&'static ActionRow> {
    let (service, name) = full.split_once(':')?;
    let rows = Service::find(service)?.actions;
    rows.binary_search_by(|row| row.name.cmp(name)).ok().map(|at| rows[at])
}

/// Every action of every service, service by service, each in byte order of the names.
pub fn actions() -> impl Iterator<Item = &'static ActionRow> + Clone {
    SERVICES.iter().flat_map(|service| service.actions.iter().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_stands_in_the_table_of_its_own_service() {
        for service in services() {
            crate::catalog::tests::assert_bilingual(&service.name, service.id);
            assert!(service.actions.iter().all(|row| row.service == service.id), "{}", service.id);
            assert!(std::ptr::eq(Service::find(service.id).unwrap(), service), "two services are called `{}`", service.id);
        }
    }
}
