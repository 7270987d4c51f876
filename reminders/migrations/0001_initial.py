import django.db.models.deletion
import django.db.models.manager
import simple_history.models
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('contenttypes', '0002_remove_content_type_name'),
        ('outbox', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='HistoricalReminderRule',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('public_id', models.UUIDField(db_index=True, default=uuid.uuid4, editable=False, verbose_name='公开编号')),
                ('created_at', models.DateTimeField(blank=True, editable=False, verbose_name='建立时间')),
                ('updated_at', models.DateTimeField(blank=True, editable=False, verbose_name='更新时间')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='版本')),
                ('deleted_at', models.DateTimeField(editable=False, null=True, verbose_name='删除时间')),
                ('code', models.CharField(max_length=40, verbose_name='编码')),
                ('subject', models.CharField(choices=[('milestone', '里程碑'), ('follow_up', '待办事项'), ('directive', '交办事项'), ('evidence', '凭据'), ('commitment', '承诺事项'), ('silent_project', '久未对接'), ('progress', '进展报送'), ('expiry', '到期'), ('review', '复核')], max_length=16, verbose_name='对象')),
                ('offset', models.IntegerField(help_text='到期前为负，当天为 0，逾期为正', verbose_name='天数')),
                ('day_kind', models.CharField(choices=[('calendar', '日历日'), ('working', '工作日')], default='calendar', max_length=8, verbose_name='日历日/工作日')),
                ('key_only', models.BooleanField(blank=True, default=None, help_text='空 = 全部；否 = 仅一般节点', null=True, verbose_name='仅关键节点')),
                ('recipient', models.CharField(choices=[('responsible', '跟办人和承办人'), ('head', '部门负责人'), ('manager', '招商中心负责人'), ('patron', '包联领导（呈报）'), ('leader', '分管领导（呈报）')], max_length=12, verbose_name='收件人')),
                ('urgent', models.BooleanField(default=False, help_text='紧急的另发一封，不等次日汇总', verbose_name='紧急')),
                ('enabled', models.BooleanField(default=True, verbose_name='启用')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField()),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('created_by', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='建立人')),
                ('deleted_by', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='删除人')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('updated_by', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='更新人')),
            ],
            options={
                'verbose_name': 'historical 提醒规则',
                'verbose_name_plural': 'historical 提醒规则',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='ReminderRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='公开编号')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='建立时间')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='更新时间')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='版本')),
                ('deleted_at', models.DateTimeField(editable=False, null=True, verbose_name='删除时间')),
                ('code', models.CharField(max_length=40, verbose_name='编码')),
                ('subject', models.CharField(choices=[('milestone', '里程碑'), ('follow_up', '待办事项'), ('directive', '交办事项'), ('evidence', '凭据'), ('commitment', '承诺事项'), ('silent_project', '久未对接'), ('progress', '进展报送'), ('expiry', '到期'), ('review', '复核')], max_length=16, verbose_name='对象')),
                ('offset', models.IntegerField(help_text='到期前为负，当天为 0，逾期为正', verbose_name='天数')),
                ('day_kind', models.CharField(choices=[('calendar', '日历日'), ('working', '工作日')], default='calendar', max_length=8, verbose_name='日历日/工作日')),
                ('key_only', models.BooleanField(blank=True, default=None, help_text='空 = 全部；否 = 仅一般节点', null=True, verbose_name='仅关键节点')),
                ('recipient', models.CharField(choices=[('responsible', '跟办人和承办人'), ('head', '部门负责人'), ('manager', '招商中心负责人'), ('patron', '包联领导（呈报）'), ('leader', '分管领导（呈报）')], max_length=12, verbose_name='收件人')),
                ('urgent', models.BooleanField(default=False, help_text='紧急的另发一封，不等次日汇总', verbose_name='紧急')),
                ('enabled', models.BooleanField(default=True, verbose_name='启用')),
                ('created_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='建立人')),
                ('deleted_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='删除人')),
                ('updated_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='更新人')),
            ],
            options={
                'verbose_name': '提醒规则',
                'verbose_name_plural': '提醒规则',
                'ordering': ['subject', 'offset', 'code'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('deleted_at', None)), fields=('code',), name='reminders_rule_unique_code', violation_error_message='已有同编码的规则')],
            },
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('all_objects', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=200, unique=True, verbose_name='键')),
                ('object_id', models.BigIntegerField(verbose_name='对象编号')),
                ('channel', models.CharField(choices=[('email', '邮件')], default='email', max_length=10, verbose_name='渠道')),
                ('due_on', models.DateField(verbose_name='计划日期')),
                ('remind_on', models.DateField(verbose_name='提醒日期')),
                ('relation', models.CharField(choices=[('handler', '承办人'), ('follower', '跟办人'), ('head', '部门负责人'), ('manager', '招商中心负责人'), ('patron', '包联领导'), ('leader', '分管领导')], max_length=12, verbose_name='关系')),
                ('draft', models.BooleanField(default=False, verbose_name='呈报')),
                ('status', models.CharField(choices=[('pending', '待发'), ('queued', '已入信'), ('sent', '已发'), ('cancelled', '已取消')], default='pending', max_length=10, verbose_name='状态')),
                ('created_at', models.DateTimeField(verbose_name='生成时间')),
                ('sent_at', models.DateTimeField(null=True, verbose_name='发送时间')),
                ('read_at', models.DateTimeField(null=True, verbose_name='已读时间')),
                ('content_type', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contenttypes.contenttype', verbose_name='对象类型')),
                ('message', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reminders', to='outbox.message', verbose_name='消息')),
                ('recipient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reminders', to=settings.AUTH_USER_MODEL, verbose_name='收件人')),
                ('rule', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reminders', to='reminders.reminderrule', verbose_name='规则')),
            ],
            options={
                'verbose_name': '提醒',
                'verbose_name_plural': '提醒',
                'ordering': ['-remind_on', '-id'],
                'indexes': [models.Index(condition=models.Q(('draft', False), ('message', None), ('status', 'pending')), fields=['recipient'], name='reminders_reminder_unsent'), models.Index(fields=['content_type', 'object_id'], name='reminders_reminder_subject'), models.Index(condition=models.Q(('status', 'cancelled'), _negated=True), fields=['recipient', '-id'], name='reminders_reminder_bell'), models.Index(condition=models.Q(('status__in', ['pending', 'queued'])), fields=['content_type'], name='reminders_reminder_live')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('status', 'sent'), _negated=True), ('sent_at__isnull', False), _connector='OR'), name='reminders_reminder_sent_has_moment', violation_error_message='已发的提醒必须有发送时间')],
            },
        ),
        migrations.CreateModel(
            name='ReportUp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('choice', models.CharField(choices=[('pending', '待定'), ('reported', '呈报'), ('deferred', '暂缓'), ('told_orally', '已口头汇报')], default='pending', max_length=12, verbose_name='处理')),
                ('at', models.DateTimeField(null=True, verbose_name='处理时间')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='说明')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='处理人')),
                ('reminder', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='report_up', to='reminders.reminder', verbose_name='提醒')),
            ],
            options={
                'verbose_name': '呈报',
                'verbose_name_plural': '呈报清单',
                'ordering': ['-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('choice', 'pending'), models.Q(('at__isnull', False), ('by__isnull', False)), _connector='OR'), name='reminders_report_up_decided_by_somebody', violation_error_message='已处理的呈报必须有处理人与时间')],
            },
        ),
    ]
