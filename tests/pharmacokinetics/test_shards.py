"""A population is cut so that every child is in one shard, once."""

import pytest

from ransel.language import Refused
from ransel.pharmacokinetics.scale.shards import Shard, equal_shards, shards_of


@pytest.mark.hazard("HZ-102")
@pytest.mark.parametrize("children", [1, 2, 99, 100, 101, 1000])
def test_every_child_is_in_one_shard(children):
    shards = shards_of(children, 100)
    assert [number for shard in shards for number in range(shard.start, shard.stop)] == list(range(children))
    assert {shard.children for shard in shards[:-1]} <= {100}


@pytest.mark.parametrize("count", [1, 2, 7, 40])
def test_equal_shards_differ_by_one_child_at_most(count):
    shards = equal_shards(1000, count)
    assert len(shards) == count
    assert [number for shard in shards for number in range(shard.start, shard.stop)] == list(range(1000))
    assert max(shard.children for shard in shards) - min(shard.children for shard in shards) <= 1


def test_the_blocks_of_a_shard_are_its_children():
    assert Shard(5, 28).blocks(10) == ((5, 15), (15, 25), (25, 28))


@pytest.mark.parametrize(
    ("cut", "code"),
    [
        (lambda: shards_of(0), "shards.none"),
        (lambda: shards_of(10, 0), "shards.none"),
        (lambda: equal_shards(10, 11), "shards.too-many"),
        (lambda: equal_shards(10, 0), "shards.too-many"),
    ],
)
def test_nobody_or_nothing_to_divide_over_is_refused(cut, code):
    with pytest.raises(Refused) as refused:
        cut()
    assert [refusal.code for refusal in refused.value.refusals] == [code]
    assert all(refusal.text(language) for refusal in refused.value.refusals for language in ("en", "nl"))
