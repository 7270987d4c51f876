from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='AuditEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True, verbose_name='时间')),
                ('actor_id', models.BigIntegerField(null=True, verbose_name='操作人编号')),
                ('actor_name', models.CharField(max_length=150, verbose_name='操作人')),
                ('action', models.CharField(max_length=60, verbose_name='动作')),
                ('object_type', models.CharField(max_length=60, verbose_name='对象类型')),
                ('object_id', models.CharField(max_length=40, verbose_name='对象编号')),
                ('object_label', models.CharField(max_length=200, verbose_name='对象')),
                ('changes', models.JSONField(default=dict, verbose_name='内容')),
                ('request_id', models.CharField(blank=True, max_length=36, verbose_name='请求编号')),
            ],
            options={
                'verbose_name': '审计记录',
                'verbose_name_plural': '审计记录',
                'ordering': ['-at', '-id'],
                'indexes': [models.Index(fields=['object_type', 'object_id'], name='audit_event_object')],
            },
        ),
    ]
