"""Going to another wording of a question or to another answer, and where each was left.

Of a turn with several children the one shown last is remembered; without a word it is the newest. So whoever goes away
from a branch and comes back finds the end where he was.
"""

import uuid

from django.db import transaction
from django.shortcuts import get_object_or_404

from apps.chat.models import Conversation, Turn
from apps.chat.threads import Tree, load_tree


def switch(conversation: Conversation, turn_id: uuid.UUID) -> None:
    """Show the path through this turn, to the end that was shown of it last. Everybody in the team sees it so."""
    with transaction.atomic():
        locked = get_object_or_404(Conversation.objects.select_for_update(), pk=conversation.pk)
        tree = load_tree(locked)
        turn = get_object_or_404(Turn, pk=turn_id, conversation=locked)
        remember(tree, turn.pk)
        conversation.leaf_id = locked.leaf_id = tree.newest_leaf(turn_id)
        Conversation.objects.filter(pk=locked.pk).update(leaf=locked.leaf_id)  # nothing was written: it does not become the newest chat


def remember(tree: Tree, turn_id: uuid.UUID | None) -> None:
    """That this path was shown, wherever another one could have been."""
    for each in tree.path(turn_id):
        parent_id = tree.nodes[each].parent_id
        if parent_id is not None and len(tree.children[parent_id]) > 1 and tree.nodes[parent_id].chosen_id != each:
            Turn.objects.filter(pk=parent_id).update(chosen=each)


def forget_choice(parent_id: uuid.UUID | None) -> None:
    """Of a turn that gets a new child: the newest one is shown."""
    if parent_id is not None:
        Turn.objects.filter(pk=parent_id, chosen__isnull=False).update(chosen=None)
