package io.rivulet.kit;

import java.util.Set;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a class of tests that leaves a thread of a hub running, and says where that thread is. Else a later class would
 * fail, or be slow, by what it has not done. JUnit finds this as a service and asks it about every class of the unit
 * tests, which run one after another.
 */
public final class NoThreadLeft implements BeforeAllCallback, AfterAllCallback {

    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(NoThreadLeft.class);

    @Override
    public void beforeAll(ExtensionContext context) {
        context.getStore(NAMESPACE).put(context.getUniqueId(), HubThreads.alive());
    }

    @Override
    public void afterAll(ExtensionContext context) {
        HubThreads.awaitNoneBut(context.getStore(NAMESPACE).get(context.getUniqueId(), Set.class));
    }
}
