from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0004_capital_submitted_and_returned'),
    ]

    operations = [
        migrations.AddField(
            model_name=name,
            name='fixed_investment_qualifier',
            field=models.CharField(choices=[('exact', '精确'), ('about', '约'), ('near', '近'), ('over', '超'), ('at_least', '以上'), ('at_most', '以内')], default='exact', max_length=8, verbose_name='固定资产投资限定'),
        )
        for name in ('agreement', 'historicalagreement')
    ]
