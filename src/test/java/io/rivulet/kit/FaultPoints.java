package io.rivulet.kit;

import io.rivulet.Rivulet;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.util.Set;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Handle;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Runs the tests of a class on copies of the hub's classes that have points of faults: {@code @ExtendWith(FaultPoints
 * .class)}. A point is where memory or stack may end: the beginning of a method, each allocation, and each call of the
 * library that may allocate. There the copy calls {@link FaultSwitch}. The copies live in a class loader of their own,
 * with the test and all that it uses, so no other test is slower for it. Such a test gets what it needs as parameters
 * of its methods; it has no fields that JUnit fills, and no methods that run before or after each test.
 */
public final class FaultPoints implements InvocationInterceptor {

    private static final String SWITCH = FaultSwitch.class.getName();
    private static final String SWITCH_PATH = SWITCH.replace('.', '/');
    /** Methods of the library's collections and futures that may need memory. */
    private static final Set<String> ALLOCATING = Set.of("add", "addAll", "addFirst", "addLast", "allOf", "complete",
        "completeExceptionally", "computeIfAbsent", "computeIfPresent", "copyOf", "copyOfRange", "execute", "iterator",
        "merge", "of", "offer", "put", "putIfAbsent", "schedule", "stream", "submit", "toArray");
    private static final ClassLoader COPIES = new Copies(FaultPoints.class.getClassLoader());

    @Override
    public void interceptTestMethod(Invocation<Void> invocation, ReflectiveInvocationContext<Method> call,
        ExtensionContext context) throws Throwable {
        runOnCopies(invocation, call);
    }

    @Override
    public void interceptTestTemplateMethod(Invocation<Void> invocation, ReflectiveInvocationContext<Method> call,
        ExtensionContext context) throws Throwable {
        runOnCopies(invocation, call);
    }

    private static void runOnCopies(Invocation<Void> invocation, ReflectiveInvocationContext<Method> call)
        throws Throwable {
        invocation.skip();
        Class<?> copy = COPIES.loadClass(call.getTargetClass().getName());
        Constructor<?> constructor = copy.getDeclaredConstructor();
        constructor.setAccessible(true);
        Method method = call.getExecutable();
        Method test = copy.getDeclaredMethod(method.getName(), method.getParameterTypes());
        test.setAccessible(true);
        try {
            test.invoke(constructor.newInstance(), call.getArguments().toArray());
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof VirtualMachineError) { // JUnit would end the whole run for it
                throw new AssertionError("a fault got as far as the test", e.getCause());
            }
            throw e.getCause();
        }
    }

    /** Defines everything of the project anew, that of the hub itself with points. */
    private static final class Copies extends ClassLoader {
        private final String hub = Rivulet.class.getProtectionDomain().getCodeSource().getLocation().toString();

        Copies(ClassLoader parent) {
            super(parent);
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith("io.rivulet.") || name.equals(SWITCH)) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> there = findLoadedClass(name);
                return there == null ? copy(name) : there;
            }
        }

        private Class<?> copy(String name) throws ClassNotFoundException {
            URL file = getParent().getResource(name.replace('.', '/') + ".class");
            if (file == null) {
                throw new ClassNotFoundException(name);
            }
            try (InputStream in = file.openStream()) {
                byte[] code = in.readAllBytes();
                if (file.toString().contains(hub)) {
                    ClassReader reader = new ClassReader(code);
                    ClassWriter writer = new ClassWriter(reader, 0);
                    reader.accept(new Pointing(writer), 0);
                    code = writer.toByteArray();
                }
                return defineClass(name, code, 0, code.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }

    /** Puts the points in. The calls take and give nothing, so the rest of a method stays as it is. */
    private static final class Pointing extends ClassVisitor {

        Pointing(ClassVisitor next) {
            super(Opcodes.ASM9, next);
        }

        @Override
        public MethodVisitor visitMethod(int access, String name, String descriptor, String signature,
            String[] exceptions) {
            MethodVisitor next = super.visitMethod(access, name, descriptor, signature, exceptions);
            return name.equals("<clinit>") ? new Initialiser(next) : new Body(next);
        }
    }

    private static void call(MethodVisitor code, String method) {
        code.visitMethodInsn(Opcodes.INVOKESTATIC, SWITCH_PATH, method, "()V", false);
    }

    /** A method with points. */
    private static final class Body extends MethodVisitor {

        Body(MethodVisitor next) {
            super(Opcodes.ASM9, next);
        }

        @Override
        public void visitCode() {
            super.visitCode();
            call(mv, "point");
        }

        @Override
        public void visitTypeInsn(int opcode, String type) {
            super.visitTypeInsn(opcode, type);
            if (opcode == Opcodes.NEW || opcode == Opcodes.ANEWARRAY) {
                call(mv, "point"); // behind it: the verifier knows a new object by the place of its instruction
            }
        }

        @Override
        public void visitIntInsn(int opcode, int operand) {
            if (opcode == Opcodes.NEWARRAY) {
                call(mv, "point");
            }
            super.visitIntInsn(opcode, operand);
        }

        @Override
        public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
            if (owner.startsWith("java/util/") && ALLOCATING.contains(name)) {
                call(mv, "point");
            }
            super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
        }

        @Override
        public void visitInvokeDynamicInsn(String name, String descriptor, Handle bootstrap, Object... arguments) {
            call(mv, "point");
            super.visitInvokeDynamicInsn(name, descriptor, bootstrap, arguments);
        }
    }

    /** The initialiser of a class, within which nothing is thrown. */
    private static final class Initialiser extends MethodVisitor {

        Initialiser(MethodVisitor next) {
            super(Opcodes.ASM9, next);
        }

        @Override
        public void visitCode() {
            super.visitCode();
            call(mv, "begin");
        }

        @Override
        public void visitInsn(int opcode) {
            if (opcode == Opcodes.RETURN) {
                call(mv, "end");
            }
            super.visitInsn(opcode);
        }
    }
}
