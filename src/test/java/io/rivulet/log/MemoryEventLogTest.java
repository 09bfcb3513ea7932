package io.rivulet.log;

/** The contract on the list: the tests' own double is no easier than the real log. */
class MemoryEventLogTest extends EventLogContract {

    @Override
    protected EventLog open() {
        return new MemoryEventLog(clock);
    }
}
