import django.db.models.deletion
import django.db.models.manager
import simple_history.models
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('accounts', '__first__'),
        ('companies', '0001_initial'),
        ('parks', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='HistoricalIndicatorValue',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('public_id', models.UUIDField(db_index=True, default=uuid.uuid4, editable=False, verbose_name='公开编号')),
                ('created_at', models.DateTimeField(blank=True, editable=False, verbose_name='建立时间')),
                ('updated_at', models.DateTimeField(blank=True, editable=False, verbose_name='更新时间')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='版本')),
                ('deleted_at', models.DateTimeField(editable=False, null=True, verbose_name='删除时间')),
                ('indicator', models.CharField(max_length=80, verbose_name='指标')),
                ('subject_label', models.CharField(max_length=100, verbose_name='主体（原文）')),
                ('as_of_on', models.DateField(blank=True, null=True, verbose_name='截至日期')),
                ('as_of_on_precision', models.CharField(choices=[('day', '日'), ('month', '月'), ('quarter', '季'), ('year', '年'), ('unknown', '不详')], default='day', max_length=8, verbose_name='截至日期（精度）')),
                ('as_of_on_inferred', models.BooleanField(default=False, verbose_name='截至日期（推定）')),
                ('value', models.DecimalField(blank=True, decimal_places=4, max_digits=20, null=True, verbose_name='数值')),
                ('value_to', models.DecimalField(blank=True, decimal_places=4, max_digits=20, null=True, verbose_name='数值（止）')),
                ('unit', models.CharField(max_length=20, verbose_name='单位')),
                ('qualifier', models.CharField(choices=[('exact', '精确'), ('about', '约'), ('near', '近'), ('over', '超'), ('at_least', '以上'), ('at_most', '以内')], default='exact', max_length=8, verbose_name='限定')),
                ('status', models.CharField(choices=[('announced', '公布'), ('system', '本系统')], default='announced', max_length=10, verbose_name='来由')),
                ('scope_note', models.CharField(blank=True, max_length=200, verbose_name='口径')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField()),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('company', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='companies.company', verbose_name='企业（单位）')),
                ('created_by', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='建立人')),
                ('deleted_by', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='删除人')),
                ('department', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.department', verbose_name='部门')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('updated_by', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='更新人')),
            ],
            options={
                'verbose_name': 'historical 指标数值',
                'verbose_name_plural': 'historical 指标数值',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='IndicatorPark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='公开编号')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='建立时间')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='更新时间')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='版本')),
                ('deleted_at', models.DateTimeField(editable=False, null=True, verbose_name='删除时间')),
                ('rank', models.PositiveIntegerField(default=1, verbose_name='次序')),
                ('created_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='建立人')),
                ('deleted_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='删除人')),
                ('park', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='indicator_links', to='parks.park', verbose_name='园区')),
                ('updated_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='更新人')),
            ],
            options={
                'verbose_name': '指标所涉园区',
                'verbose_name_plural': '指标所涉园区',
                'ordering': ['value', 'rank', 'id'],
            },
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('all_objects', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='IndicatorValue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='公开编号')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='建立时间')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='更新时间')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='版本')),
                ('deleted_at', models.DateTimeField(editable=False, null=True, verbose_name='删除时间')),
                ('indicator', models.CharField(max_length=80, verbose_name='指标')),
                ('subject_label', models.CharField(max_length=100, verbose_name='主体（原文）')),
                ('as_of_on', models.DateField(blank=True, null=True, verbose_name='截至日期')),
                ('as_of_on_precision', models.CharField(choices=[('day', '日'), ('month', '月'), ('quarter', '季'), ('year', '年'), ('unknown', '不详')], default='day', max_length=8, verbose_name='截至日期（精度）')),
                ('as_of_on_inferred', models.BooleanField(default=False, verbose_name='截至日期（推定）')),
                ('value', models.DecimalField(blank=True, decimal_places=4, max_digits=20, null=True, verbose_name='数值')),
                ('value_to', models.DecimalField(blank=True, decimal_places=4, max_digits=20, null=True, verbose_name='数值（止）')),
                ('unit', models.CharField(max_length=20, verbose_name='单位')),
                ('qualifier', models.CharField(choices=[('exact', '精确'), ('about', '约'), ('near', '近'), ('over', '超'), ('at_least', '以上'), ('at_most', '以内')], default='exact', max_length=8, verbose_name='限定')),
                ('status', models.CharField(choices=[('announced', '公布'), ('system', '本系统')], default='announced', max_length=10, verbose_name='来由')),
                ('scope_note', models.CharField(blank=True, max_length=200, verbose_name='口径')),
                ('company', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='indicator_values', to='companies.company', verbose_name='企业（单位）')),
                ('created_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='建立人')),
                ('deleted_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='删除人')),
                ('department', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='indicator_values', to='accounts.department', verbose_name='部门')),
                ('parks', models.ManyToManyField(editable=False, related_name='indicator_values', through='reports.IndicatorPark', to='parks.park')),
                ('updated_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='更新人')),
            ],
            options={
                'verbose_name': '指标数值',
                'verbose_name_plural': '指标数值',
                'ordering': ['subject_label', 'indicator', '-as_of_on'],
                'constraints': [models.CheckConstraint(condition=models.Q(('value_to', None), models.Q(('value__isnull', False), ('value_to__gte', models.F('value'))), _connector='OR'), name='reports_indicator_value_range', violation_error_message='区间的止值不能小于起值')],
            },
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('all_objects', django.db.models.manager.Manager()),
            ],
        ),
        migrations.AddField(
            model_name='indicatorpark',
            name='value',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='park_links', to='reports.indicatorvalue', verbose_name='指标数值'),
        ),
        migrations.CreateModel(
            name='HistoricalIndicatorPark',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('public_id', models.UUIDField(db_index=True, default=uuid.uuid4, editable=False, verbose_name='公开编号')),
                ('created_at', models.DateTimeField(blank=True, editable=False, verbose_name='建立时间')),
                ('updated_at', models.DateTimeField(blank=True, editable=False, verbose_name='更新时间')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='版本')),
                ('deleted_at', models.DateTimeField(editable=False, null=True, verbose_name='删除时间')),
                ('rank', models.PositiveIntegerField(default=1, verbose_name='次序')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField()),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('created_by', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='建立人')),
                ('deleted_by', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='删除人')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('park', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='parks.park', verbose_name='园区')),
                ('updated_by', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='更新人')),
                ('value', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='reports.indicatorvalue', verbose_name='指标数值')),
            ],
            options={
                'verbose_name': 'historical 指标所涉园区',
                'verbose_name_plural': 'historical 指标所涉园区',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.AddConstraint(
            model_name='indicatorpark',
            constraint=models.UniqueConstraint(condition=models.Q(('deleted_at', None)), fields=('value', 'park'), name='reports_indicator_park_unique', violation_error_message='该园区已列入'),
        ),
    ]
