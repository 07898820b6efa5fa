import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicLong;

/** The peer: what is said at a WebSocket goes to all others by Netty's own means, ChannelGroup.writeAndFlush. No chat at all. */
public final class NettyBroadcast {
  public static void main(String[] args) throws Exception {
    ChannelGroup everybody = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    AtomicLong seq = new AtomicLong();
    new ServerBootstrap()
        .group(new MultiThreadIoEventLoopGroup(NioIoHandler.newFactory()))
        .channel(NioServerSocketChannel.class)
        .option(ChannelOption.SO_BACKLOG, 4096)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childHandler(
            new ChannelInitializer<SocketChannel>() {
              @Override
              protected void initChannel(SocketChannel channel) {
                channel.pipeline().addLast(new HttpServerCodec());
                channel.pipeline().addLast(new HttpObjectAggregator(65536));
                channel.pipeline().addLast(new WebSocketServerProtocolHandler("/"));
                channel
                    .pipeline()
                    .addLast(
                        new SimpleChannelInboundHandler<TextWebSocketFrame>() {
                          @Override
                          public void userEventTriggered(ChannelHandlerContext context, Object event) {
                            if (event instanceof WebSocketServerProtocolHandler.HandshakeComplete)
                              everybody.add(context.channel());
                          }

                          @Override
                          protected void channelRead0(ChannelHandlerContext context, TextWebSocketFrame frame) {
                            String text = frame.text().replace("\\", "\\\\").replace("\"", "\\\"");
                            everybody.writeAndFlush(
                                new TextWebSocketFrame(
                                    "{\"text\":\"" + text + "\",\"at\":" + System.currentTimeMillis()
                                        + ",\"seq\":" + seq.incrementAndGet() + "}"));
                          }
                        });
              }
            })
        .bind(new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0])))
        .sync();
  }
}
