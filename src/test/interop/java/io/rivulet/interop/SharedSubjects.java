package io.rivulet.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives test classes the {@link Subjects}, which are installed once for all of them and end after the last. */
final class SharedSubjects implements ParameterResolver {

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Subjects.class;
    }

    @Override
    public Subjects resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot().getStore(ExtensionContext.Namespace.GLOBAL)
            .getOrComputeIfAbsent(Subjects.class, key -> opened(), Subjects.class);
    }

    private static Subjects opened() {
        try {
            return new Subjects();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
