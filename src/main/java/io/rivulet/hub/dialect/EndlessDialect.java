package io.rivulet.hub.dialect;

/** The hub's own dialect for streams that go on when their topics have ended: an end is an event. Any thread. */
public final class EndlessDialect extends PlainDialect {

    @Override
    public boolean endsWithTopics() {
        return false;
    }
}
