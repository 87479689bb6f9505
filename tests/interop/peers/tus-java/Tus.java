import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import me.desair.tus.server.TusFileUploadService;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/**
 * A tus 1.0 server on loopback, kept by others, for the interoperability tests.
 *
 * <p>Usage: {@code java -cp 'lib/*' Tus.java FOLDER}. Prints {@code ready URL} once it listens on a free port; ends with SIGTERM.
 */
public final class Tus {
    public static void main(String[] arguments) throws Exception {
        var uploads = new TusFileUploadService()
                .withUploadUri("/files")
                .withStoragePath(arguments[0])
                .withMaxUploadSize(64L << 20)
                .withUploadExpirationPeriod(3_600_000L)
                .withDownloadFeature();
        var servlet = new HttpServlet() {
            @Override
            protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
                uploads.process(request, response);
            }
        };
        var server = new Server(new InetSocketAddress("127.0.0.1", 0));
        server.setStopAtShutdown(true);
        var handler = new ServletContextHandler("/");
        handler.addServlet(new ServletHolder(servlet), "/files/*");
        server.setHandler(handler);
        server.start();
        var port = ((ServerConnector) server.getConnectors()[0]).getLocalPort();
        System.out.println("ready http://127.0.0.1:" + port + "/files");
        System.out.flush();
        server.join();
    }
}
