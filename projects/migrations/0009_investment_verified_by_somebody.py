from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("projects", "0008_investment_verified_filled")]

    operations = [
        migrations.AddConstraint(
            model_name='investmentprogress',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'verified'), _negated=True), models.Q(('verified_at__isnull', False), ('verified_by__isnull', False)), _connector='OR'), name='projects_investment_verified_by_somebody', violation_error_message='已核实须有核实人与时间'),
        ),
    ]
