package io.rivulet.kit;

import java.lang.reflect.Proxy;

/** Stands in for an interface of which a test needs but a few methods, such as those of the servlet container. */
public final class Stub {

    private Stub() {
    }

    /** What the stub answers. */
    public interface Answer {

        /** The value of a call, null for a method that has none; {@code arguments} is null when there are none. */
        Object of(String method, Object[] arguments) throws Throwable;
    }

    /** A stub that answers each call so. */
    public static <T> T of(Class<T> type, Answer answer) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type},
            (self, method, arguments) -> answer.of(method.getName(), arguments)));
    }
}
