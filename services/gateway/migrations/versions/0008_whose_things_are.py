"""The feed's messages say themselves whose they are; findings by who led their walk, gatherings by kind and size."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("feed", "organisation_id")
    op.add_column("finding_facts", sa.Column("organisation_id", sa.UUID(), nullable=True))
    op.add_column("gathering_facts", sa.Column("kind", sa.Text(), nullable=True))
    op.add_column("gathering_facts", sa.Column("scale_class", sa.Text(), nullable=True))
    # The last that was told of each; a gathering that was cancelled since keeps what it was.
    op.execute("""
        UPDATE gathering_facts SET kind = told.data ->> 'kind', scale_class = told.data ->> 'scale_class'
        FROM (SELECT DISTINCT ON (data ->> 'gathering_id') data FROM feed
              WHERE type IN ('gathering.registered', 'gathering.changed')
              ORDER BY data ->> 'gathering_id', position DESC) AS told
        WHERE gathering_facts.gathering_id = CAST(told.data ->> 'gathering_id' AS uuid)
    """)
    op.execute("""
        UPDATE finding_facts SET organisation_id = CAST(walk.data ->> 'organisation_id' AS uuid)
        FROM feed AS finding JOIN feed AS walk
          ON walk.type = 'walk.planned' AND walk.data ->> 'walk_id' = finding.data ->> 'walk_id'
        WHERE finding.type = 'finding.raised'
          AND finding_facts.finding_id = CAST(finding.data ->> 'finding_id' AS uuid)
    """)
