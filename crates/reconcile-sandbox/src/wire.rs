//! The sockets, and what can go wrong on them.
//!
//! An HTTP server refuses to send half an answer. Where a fault wants just
//! that, the handler gives the connection its last words: they replace what
//! the server would have written, and then the socket closes.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// A listener whose connections can be cut.
pub(crate) struct Wires(pub(crate) TcpListener);

impl Listener for Wires {
    type Io = Wire;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            match self.0.accept().await {
                Ok((stream, peer)) => {
                    // Pages are small; waiting for more to send only adds to
                    // their round trip.
                    let _ = stream.set_nodelay(true);
                    return (Wire::new(stream), peer);
                }
                // Out of file descriptors, mostly: it may pass.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.0.local_addr()
    }
}

/// The handlers' end of a connection.
#[derive(Debug, Clone, Default)]
pub(crate) struct Line(Arc<Mutex<Option<Vec<u8>>>>);

impl Line {
    /// Sends `bytes` instead of the answer, and closes the connection.
    pub(crate) fn cut_after(&self, bytes: Vec<u8>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(bytes);
    }

    fn take(&self) -> Option<Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Connected<IncomingStream<'_, Wires>> for Line {
    fn connect_info(stream: IncomingStream<'_, Wires>) -> Self {
        stream.io().line.clone()
    }
}

/// One connection.
pub(crate) struct Wire {
    stream: TcpStream,
    line: Line,
    /// What is left to say before closing.
    last_words: Option<Vec<u8>>,
}

impl Wire {
    fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            line: Line::default(),
            last_words: None,
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let wire = &mut *self;
        if let Some(last_words) = wire.line.take() {
            wire.last_words = Some(last_words);
        }
        let Some(last_words) = &mut wire.last_words else {
            return Pin::new(&mut wire.stream).poll_write(context, bytes);
        };
        while !last_words.is_empty() {
            match Pin::new(&mut wire.stream).poll_write(context, last_words) {
                Poll::Ready(Ok(written)) if written > 0 => {
                    last_words.drain(..written.min(last_words.len()));
                }
                Poll::Ready(_) => break,
                Poll::Pending => return Poll::Pending,
            }
        }
        match Pin::new(&mut wire.stream).poll_shutdown(context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(_) => Poll::Ready(Err(io::ErrorKind::BrokenPipe.into())),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
