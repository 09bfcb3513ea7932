package io.rivulet.browser;

import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Ends the browsers of {@link Pages} when the first class of another package begins, and at the end of all tests. The
 * classes here follow each other, so they share the two browsers, and no other test has them beside it. JUnit finds it
 * as a service, and calls it on the test's thread.
 */
public final class BrowsersEnd implements TestExecutionListener {

    @Override
    public void executionStarted(TestIdentifier test) {
        boolean isOfAnotherPackage = test.getSource().filter(ClassSource.class::isInstance)
            .map(source -> ((ClassSource) source).getClassName())
            .filter(name -> !name.startsWith(BrowsersEnd.class.getPackageName() + ".")).isPresent();
        if (isOfAnotherPackage) {
            Pages.closeAll();
        }
    }

    @Override
    public void testPlanExecutionFinished(TestPlan plan) {
        Pages.closeAll();
    }
}
