import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Heartbeat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=20, unique=True, verbose_name='名称')),
                ('started_at', models.DateTimeField(null=True, verbose_name='最近开始')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='最近完成')),
                ('backlog', models.PositiveIntegerField(default=0, verbose_name='待发')),
                ('oldest_due_at', models.DateTimeField(null=True, verbose_name='最早应发')),
            ],
            options={
                'verbose_name': '心跳',
                'verbose_name_plural': '心跳',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=200, unique=True, verbose_name='键')),
                ('channel', models.CharField(choices=[('email', '邮件')], default='email', max_length=10, verbose_name='渠道')),
                ('subject', models.CharField(max_length=200, verbose_name='主题')),
                ('text', models.TextField(verbose_name='正文')),
                ('html', models.TextField(blank=True, verbose_name='网页正文')),
                ('recheck', models.CharField(blank=True, max_length=100, verbose_name='发送前复核')),
                ('headers', models.JSONField(default=dict, verbose_name='附加信头')),
                ('status', models.CharField(choices=[('pending', '待发送'), ('sending', '发送中'), ('sent', '已发送'), ('dead', '发送失败'), ('cancelled', '已取消')], default='pending', max_length=10, verbose_name='状态')),
                ('lease_token', models.CharField(blank=True, max_length=36, verbose_name='租约')),
                ('lease_until', models.DateTimeField(null=True, verbose_name='租约至')),
                ('attempts', models.PositiveIntegerField(default=0, verbose_name='尝试次数')),
                ('next_at', models.DateTimeField(verbose_name='下次发送')),
                ('message_id', models.CharField(max_length=120, verbose_name='Message-ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='生成时间')),
                ('sent_at', models.DateTimeField(null=True, verbose_name='发送时间')),
                ('recipient', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='messages', to=settings.AUTH_USER_MODEL, verbose_name='收件人')),
            ],
            options={
                'verbose_name': '消息',
                'verbose_name_plural': '消息',
                'ordering': ['-id'],
                'indexes': [models.Index(condition=models.Q(('status__in', ['pending', 'sending'])), fields=['next_at'], name='outbox_message_open'), models.Index(fields=['recipient', '-id'], name='outbox_message_recipient')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('sent_at__isnull', False), ('status', 'sent')), models.Q(models.Q(('status', 'sent'), _negated=True), ('sent_at', None)), _connector='OR'), name='outbox_message_sent_has_moment', violation_error_message='已发送的消息必须有发送时间，未发送的不能有'), models.CheckConstraint(condition=models.Q(('recipient__isnull', False)), name='outbox_message_one_receiver', violation_error_message='消息必须有且只有一个收件人')],
            },
        ),
        migrations.CreateModel(
            name='DeliveryAttempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('n', models.PositiveIntegerField(verbose_name='次序')),
                ('worker', models.CharField(max_length=100, verbose_name='执行者')),
                ('started_at', models.DateTimeField(verbose_name='开始')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='结束')),
                ('outcome', models.CharField(choices=[('started', '进行中'), ('sent', '已送出'), ('retry', '稍后重试'), ('dead', '放弃'), ('cancelled', '已取消')], default='started', max_length=10, verbose_name='结果')),
                ('code', models.CharField(blank=True, max_length=20, verbose_name='代码')),
                ('text', models.TextField(blank=True, verbose_name='应答')),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attempts_made', to='outbox.message', verbose_name='消息')),
            ],
            options={
                'verbose_name': '发送记录',
                'verbose_name_plural': '发送记录',
                'ordering': ['message', 'n'],
                'constraints': [models.UniqueConstraint(fields=('message', 'n'), name='outbox_attempt_unique_n', violation_error_message='同一消息的发送次序不能重复')],
            },
        ),
    ]
