"""How Celery runs: no results, no retries of its own, one tick a minute that expires unheard."""

from django.conf import settings

broker_url = settings.CONFIG.broker["broker_url"]
broker_transport_options = settings.CONFIG.broker["broker_transport_options"]
broker_connection_retry_on_startup = True
broker_connection_max_retries = None
task_ignore_result = True
task_acks_late = True
task_reject_on_worker_lost = True
task_time_limit = 90
task_default_queue = "crm"
task_serializer = "json"
accept_content = ["json"]
worker_prefetch_multiplier = 1
worker_cancel_long_running_tasks_on_connection_loss = True
worker_hijack_root_logger = False
timezone = settings.TIME_ZONE
enable_utc = True
beat_schedule = {
    "tick": {
        "task": "reminders.tasks.tick",
        "schedule": 60.0,
        "options": {"expires": 50},  # the filesystem broker keeps every tick while no worker runs
    },
    "snapshots": {"task": "reports.tasks.snapshots", "schedule": 60.0, "options": {"expires": 50}},
}
