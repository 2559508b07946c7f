def test_a_web_process_says_that_it_answers_without_asking_the_database(client):
    # No database mark: a query would fail the test.
    answer = client.get("/healthz")

    assert (answer.status_code, answer.content) == (200, b"ok\n")
