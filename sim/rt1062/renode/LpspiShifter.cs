// The shifter of the LPSPI with its two FIFOs and its time (i.MX RT1060 reference manual, chapter 48), for
// Renode 1.16.1. C# 7. Twin of sim/rt1062/blocks/lpspi_shifter.py.
// Two habits of module version 1 are kept: in a continuous transfer the last word arrives with the next
// one, and a frame ends by a command.

using System;
using System.Collections.Generic;
using Antmicro.Renode.Peripherals.SPI;

namespace Antmicro.Renode.Peripherals.Rt1062
{
    /// Moves words from `Transmit` over the wire into `Receive`. Its owner keeps `Running`, `Ccr` and
    /// `Cfgr1` up to date, calls `ForgetTiming` when something changes that the timing depends on, and
    /// `Run` before it looks. Words lead from a device's byte with the first bit on the wire as bit 7.
    public class LpspiShifter
    {
        /// `transmit` exchanges a byte with a device that `device` has found.
        public LpspiShifter(Func<ulong> clockHz, Func<int, ISPIPeripheral> device, Func<ISPIPeripheral, byte, byte> transmit, int fifoSize)
        {
            this.clockHz = clockHz;
            this.device = device;
            this.transmit = transmit;
            this.fifoSize = fifoSize;
            Reset();
        }

        public void Reset()
        {
            Transmit.Clear();
            Receive.Clear();
            Running = false;
            Ccr = Cfgr1 = Flags = 0;
            Command = 0x1F;
            Due = VirtualTime.Never;
            phase = Phase.Idle;
            bitsLeft = 0;
            held = false;
            selected = null;
            ForgetTiming();
        }

        /// Command words carry CommandMark, first words of a frame StartOfFrame.
        public readonly Queue<ulong> Transmit = new Queue<ulong>();
        public readonly Queue<ulong> Receive = new Queue<ulong>();

        public bool Running { get; set; }
        public uint Ccr { get; set; }
        public uint Cfgr1 { get; set; }
        /// The bits of SR that stay until they are written away.
        public uint Flags { get; set; }
        /// The command word in force.
        public uint Command { get; private set; }
        public double SckHz { get { return (double)hz / (((Ccr & 0xFF) + 2) << (int)(Command >> 27 & 7)); } }
        /// When something changes by itself.
        public ulong Due { get; private set; }

        /// Bits are on the wire, or a frame waits for its next word, or the gap behind one is not over.
        public bool Busy { get { return phase != Phase.Idle || (Transmit.Count > 0 && Running); } }

        /// A word is on the wire.
        public bool Shifting { get { return phase == Phase.Shift; } }

        /// When the last of `words` frames of one word is through, the one in the shifter counted, and the gap
        /// behind it; `Due` where that is not known.
        public ulong End(int words, bool withGap)
        {
            if(!Plain) { return Due; }
            var gap = Nanoseconds(GapCycles);
            return Due + (ulong)(words - 1) * (gap + Nanoseconds(LeadCycles + BitCycles(bits))) + (withGap ? gap : 0);
        }

        /// One word a frame, and nothing is masked, kept back or about to change.
        public bool Plain
        {
            get
            {
                if(phase != Phase.Shift || bits != (Command & 0xFFF) + 1) { return false; }
                if((Command & (Continuous | ReceiveMask | TransmitMask)) != 0 || (Cfgr1 & NoStall) != 0) { return false; }
                foreach(var entry in Transmit)
                {
                    if((entry & CommandMark) != 0) { return false; }
                }
                return true;
            }
        }

        public void ForgetTiming()
        {
            timedUntil = 0;
        }

        /// Everything that is due at `now`.
        public void Run(ulong now)
        {
            while(Due <= now)
            {
                var time = Due;
                Due = VirtualTime.Never;
                if(phase == Phase.Shift) { EndWord(time); }
                else { EndGap(time); }
            }
        }

        /// Consumes the transmit FIFO from its top as far as the phase allows.
        public void Take(ulong now)
        {
            while(Transmit.Count > 0 && Running && phase != Phase.Shift)
            {
                if(phase == Phase.Gap && (Command & TransmitMask) != 0) { return; } // its frame comes first
                if((Transmit.Peek() & CommandMark) != 0) { Load((uint)Transmit.Dequeue(), now); }
                else if(phase == Phase.Gap || ReceiveFull || !ClockRuns(now)) { return; }
                else { StartWord((uint)Transmit.Dequeue(), now); }
            }
        }

        /// The module was switched off: a transfer that waits for more ends, one under way ends by itself.
        public void Stop(ulong now)
        {
            if(phase == Phase.Stall || phase == Phase.Hold) { EndFrame(now); }
        }

        // Time.

        private bool ClockRuns(ulong now)
        {
            if(now >= timedUntil)
            {
                hz = clockHz();
                timedUntil = now + ClockValid;
            }
            return hz > 0;
        }

        private ulong Nanoseconds(ulong cycles)
        {
            return VirtualTime.Cycles(cycles << (int)(Command >> 27 & 7), hz);
        }

        private ulong LeadCycles { get { return (Ccr >> 16 & 0xFF) + 1; } }

        private ulong BetweenCycles { get { return (Ccr >> 8 & 0xFF) + 1; } }

        private ulong GapCycles { get { return (Ccr >> 24) + 1 + BetweenCycles + 1; } }

        // One, two or four bits a cycle of SCK.
        private ulong BitCycles(int count)
        {
            var width = 1 << (int)(Command >> 16 & 3);
            return (ulong)((count + width - 1) / width) * ((Ccr & 0xFF) + 2);
        }

        // Words and frames.

        // A command word comes into force; with CONTC it goes on with the frame, else it ends it.
        private void Load(uint command, ulong now)
        {
            if(phase == Phase.Hold) { DeliverHeld(); }
            if(phase == Phase.Stall || phase == Phase.Hold)
            {
                if((command & ContinuingCommand) != 0) { bitsLeft = 0; }
                else { EndFrame(now); }
            }
            Command = command;
            ForgetTiming();
            if((command & TransmitMask) != 0 && phase != Phase.Gap && ClockRuns(now)) { StartWord(0, now); }
        }

        private void StartWord(uint next, ulong now)
        {
            ulong lead = 0;
            if(phase == Phase.Hold)
            {
                DeliverHeld();
                lead = BetweenCycles;
            }
            else if(phase == Phase.Idle)
            {
                lead = LeadCycles;
                first = true;
                selected = device((int)(Command >> 24) & 3);
            }
            if(bitsLeft == 0) { bitsLeft = (int)(Command & 0xFFF) + 1; }
            bits = Math.Min(32, bitsLeft);
            word = next;
            phase = Phase.Shift;
            Due = now + Nanoseconds(lead + BitCycles(bits));
        }

        // The last bit of the word in the shifter is through.
        private void EndWord(ulong now)
        {
            var received = Exchange();
            bitsLeft -= bits;
            Flags |= WordComplete;
            if(bitsLeft == 0 && (Command & Continuous) != 0)
            {
                held = true;
                heldWord = received;
                phase = Phase.Hold;
            }
            else
            {
                Deliver(received);
                phase = Phase.Stall;
                if(bitsLeft == 0) { EndFrame(now); }
            }
            var masked = phase != Phase.Gap && (Command & TransmitMask) != 0 && !ReceiveFull;
            if(masked && (phase == Phase.Stall || Transmit.Count == 0))
            {
                StartWord(0, now);
                return;
            }
            Take(now);
            if(!Running) { Stop(now); }
        }

        private void EndFrame(ulong now)
        {
            DeliverHeld();
            // A device whose chip select is a pin goes on until that rises.
            if(selected != null && !(selected is ISelectedByPin)) { selected.FinishTransmission(); }
            selected = null;
            Flags |= FrameComplete;
            Command &= ~TransmitMask;
            bitsLeft = 0;
            phase = Phase.Gap;
            Due = now + Nanoseconds(GapCycles);
        }

        private void EndGap(ulong now)
        {
            phase = Phase.Idle;
            if((Command & TransmitMask) != 0 && Running && ClockRuns(now)) { StartWord(0, now); }
            else { Take(now); }
            if(phase == Phase.Idle && Transmit.Count == 0) { Flags |= TransferComplete; }
        }

        // Received words.

        private bool ReceiveFull
        {
            get
            {
                return Receive.Count + (held ? 1 : 0) >= fifoSize && (Command & ReceiveMask) == 0 && (Cfgr1 & NoStall) == 0;
            }
        }

        private void DeliverHeld()
        {
            if(!held) { return; }
            held = false;
            Deliver(heldWord);
        }

        private void Deliver(uint received)
        {
            var start = first;
            first = false;
            if((Command & ReceiveMask) != 0) { return; }
            if(Receive.Count >= fifoSize)
            {
                Flags |= ReceiveError;
                return;
            }
            Receive.Enqueue(start ? received | StartOfFrame : received);
        }

        // Bytes in the order of the wire, the first bit as bit 7.
        private uint Exchange()
        {
            var send = word;
            if((Command & TransmitMask) != 0) { send = uint.MaxValue; }
            else if((Command & ByteSwap) != 0) { send = SwapBytes(send); }
            if(bits < 32) { send &= (1u << bits) - 1; }
            if((Command & LeastSignificantFirst) != 0) { send = Reverse(send, bits); }
            ulong received = 0;
            for(var left = bits; left > 0; left -= 8)
            {
                var count = left < 8 ? left : 8;
                var value = (byte)(send >> (left - count) << (8 - count));
                var answer = selected != null ? transmit(selected, value) : (byte)0xFF;
                received = received << count | (uint)(answer >> (8 - count));
            }
            var result = (uint)received;
            if((Command & LeastSignificantFirst) != 0) { result = Reverse(result, bits); }
            return (Command & ByteSwap) != 0 ? SwapBytes(result) : result;
        }

        private static uint SwapBytes(uint value)
        {
            return value >> 24 | (value >> 8 & 0xFF00) | (value << 8 & 0xFF0000) | value << 24;
        }

        private static uint Reverse(uint value, int count)
        {
            uint result = 0;
            for(var i = 0; i < count; i++) { result |= (value >> i & 1) << (count - 1 - i); }
            return result;
        }

        private Phase phase;
        private bool first, held;
        private int bits, bitsLeft; // of the word in the shifter, of the frame
        private uint word, heldWord;
        private ulong hz, timedUntil;
        private ISPIPeripheral selected;
        private readonly Func<ulong> clockHz;
        private readonly Func<ISPIPeripheral, byte, byte> transmit;
        private readonly Func<int, ISPIPeripheral> device;
        private readonly int fifoSize;

        public const ulong CommandMark = 1UL << 32, StartOfFrame = 1UL << 32;
        public const uint WordComplete = 1 << 8, FrameComplete = 1 << 9, TransferComplete = 1 << 10, ReceiveError = 1 << 12;
        private const uint NoStall = 1 << 3; // CFGR1
        private const uint TransmitMask = 1 << 18, ReceiveMask = 1 << 19, ContinuingCommand = 1 << 20, Continuous = 1 << 21;
        private const uint ByteSwap = 1 << 22, LeastSignificantFirst = 1 << 23;
        private const ulong ClockValid = 1000000; // the clock tree is asked again after so long

        // Shift and Gap end at a known time, the others wait for somebody: Stall within a frame, Hold
        // between those of a continuous transfer.
        private enum Phase { Idle, Shift, Gap, Stall, Hold }
    }
}
