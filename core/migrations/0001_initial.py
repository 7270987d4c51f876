from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Holiday',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('date', models.DateField(unique=True, verbose_name='日期')),
                ('kind', models.CharField(choices=[('holiday', '放假'), ('workday', '调休上班')], max_length=8, verbose_name='类别')),
                ('name', models.CharField(blank=True, max_length=40, verbose_name='名称')),
            ],
            options={
                'verbose_name': '节假日',
                'verbose_name_plural': '节假日',
                'ordering': ['date'],
            },
        ),
    ]
