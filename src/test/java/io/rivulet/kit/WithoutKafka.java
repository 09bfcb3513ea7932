package io.rivulet.kit;

/**
 * The classes of the tests as a container shows its own to a WAR: without the clients of Kafka, which the tests have on
 * their class path and a container has not. A WAR then takes those that a setting names.
 */
final class WithoutKafka extends ClassLoader {

    /** What no WAR finds outside. */
    static final String PACKAGE = "org.apache.kafka.";

    WithoutKafka() {
        super(WithoutKafka.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (name.startsWith(PACKAGE)) {
            throw new ClassNotFoundException(name);
        }
        return super.loadClass(name, resolve);
    }
}
