//! What a national system refuses this server for is said until somebody mended it.

use super::{subject_requests::decision, *};

fn alert(code: &str, seconds: i64) -> NewAlert {
    NewAlert { system: "insurance", code: code.into(), at: at(seconds) }
}

pub async fn an_alert_stands_until_it_is_settled_and_comes_again(world: &World<'_>) {
    assert!(world.store.raise_alert(alert("054", 0)).await.unwrap());
    assert!(!world.store.raise_alert(alert("054", 5)).await.unwrap(), "it is the same");
    assert!(world.store.raise_alert(alert("205", 6)).await.unwrap());
    let open = world.store.alerts().await.unwrap();
    let said: Vec<_> = open.iter().map(|alert| (alert.code.as_str(), alert.since)).collect();
    assert_eq!(said, [("054", at(0)), ("205", at(6))]);
    let settling = SettleAlert { alert: open[0].id, decision: decision("sửa tên cán bộ"), at: at(9) };
    world.store.settle_alert(settling.clone()).await.unwrap();
    assert!(matches!(world.store.settle_alert(settling).await, Err(StoreError::UnknownAlert)));
    assert_eq!(world.store.alerts().await.unwrap().len(), 1);
    assert!(world.store.raise_alert(alert("054", 20)).await.unwrap(), "it was not mended after all");
    assert!(matches!(world.store.verify_audit().await.unwrap(), AuditReport::Intact { .. }));
}
