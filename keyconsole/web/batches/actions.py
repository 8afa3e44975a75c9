"""How the pages of a batch ask for each of its actions. What they do stands in `changes/actions/`."""

from __future__ import annotations

from collections.abc import Mapping

from keyconsole.changes.actions import batch_actions
from keyconsole.changes.models import Batch
from keyconsole.web.action_forms import ActionForm
from keyconsole.web.batches.forms import RunForm
from keyconsole.web.changes.forms import ApproveForm, CancelForm, RejectForm

APPROVE = ActionForm(batch_actions.APPROVE, ApproveForm, "primary")
RUN = ActionForm(batch_actions.RUN, RunForm, "primary")
REJECT = ActionForm(batch_actions.REJECT, RejectForm, "danger")
CANCEL = ActionForm(batch_actions.CANCEL, CancelForm)

ACTION_FORMS: Mapping[str, ActionForm[Batch]] = {
    shown.verb: shown for shown in (APPROVE, RUN, REJECT, CANCEL)
}
