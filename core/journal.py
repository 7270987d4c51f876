"""The plain models: rows that only grow, or people, or queues. All others are DomainModels.

They have no version and no soft deletion, their unique keys are unconditional, and the admin
cannot delete them. Adding a name here needs an ADR.
"""

PLAIN_MODELS = frozenset(
    {
        "audit.AuditEvent",
        "audit.ChangeSet",
        "audit.Change",
        "projects.StageChange",
        "projects.MilestoneRevision",
        "core.Holiday",
        "accounts.User",
        "accounts.Share",
        "accounts.FeedToken",
        "reminders.Reminder",
        "reminders.ReportUp",
        "reminders.Trouble",
        "outbox.Message",
        "outbox.DeliveryAttempt",
        "outbox.Circuit",
        "outbox.Heartbeat",
        "ledgers.Provenance",
        "reports.Snapshot",
        "reports.SnapshotRow",
    }
)
