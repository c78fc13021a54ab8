"""Questions that are answered once for a page, and anew for the next one."""

from stadtkern.kernel.sharing import once, one_page

asked = []


@once
def double(number):
    asked.append(number)
    return 2 * number


def test_a_page_asks_each_question_once():
    asked.clear()
    with one_page():
        assert [double(1), double(1), double(2)] == [2, 2, 4]
    assert asked == [1, 2]


def test_the_next_page_asks_again_and_so_does_whoever_shows_no_page():
    asked.clear()
    for _ in range(2):
        with one_page():
            double(1)
    double(1)
    double(1)
    assert asked == [1, 1, 1, 1]


def test_a_page_may_be_a_decorated_view():
    asked.clear()

    @one_page()
    def view():
        return double(3) + double(3)

    assert (view(), view(), asked) == (12, 12, [3, 3])


def test_an_answer_that_fails_is_not_kept():
    tries = []

    @once
    def fails():
        tries.append(1)
        raise ValueError

    with one_page():
        for _ in range(2):
            try:
                fails()
            except ValueError:
                continue
    assert len(tries) == 2
