"""How the pages of a change ask for each of its actions. What they do stands in `changes/actions/`."""

from __future__ import annotations

from collections.abc import Mapping

from keyconsole.changes.actions import change_actions
from keyconsole.changes.models import Change
from keyconsole.web.action_forms import ActionForm
from keyconsole.web.changes import forms

APPROVE = ActionForm(change_actions.APPROVE, forms.ApproveForm, "primary")
REJECT = ActionForm(change_actions.REJECT, forms.RejectForm, "danger")
WITHDRAW = ActionForm(change_actions.WITHDRAW, forms.WithdrawForm)
REVIEW = ActionForm(change_actions.REVIEW, forms.ReviewForm, "primary")
COMMENT = ActionForm(change_actions.COMMENT, forms.CommentForm)
RUN = ActionForm(change_actions.RUN, forms.RunForm, "primary")
CANCEL = ActionForm(change_actions.CANCEL, forms.CancelForm, "danger")
CLOSE = ActionForm(change_actions.CLOSE, forms.CloseForm, "danger")
AGREE = ActionForm(change_actions.AGREE, forms.AgreeForm, "danger")

ACTION_FORMS: Mapping[str, ActionForm[Change]] = {
    shown.verb: shown for shown in (APPROVE, REJECT, WITHDRAW, REVIEW, COMMENT, RUN, CANCEL, CLOSE, AGREE)
}
