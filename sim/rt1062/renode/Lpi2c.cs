// Low Power I2C, master side (i.MX RT1060 reference manual, chapter 47), for Renode 1.16.1. C# 7.
// Own because a transfer takes no time in the stock S32K3XX model, which besides takes no NACK from a device
// that is there (the camera's faults), starts again without a STOP after one, and warns of timing bits.
// Every START, byte and STOP takes its time on the bus; a target answers when its ninth bit is through.
// Nobody stretches the clock, there is no second master; the slave side is storage.

using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.I2C;

namespace Antmicro.Renode.Peripherals.Rt1062
{
    /// An I2C target that may leave its address unacknowledged.
    public interface II2CAcknowledge
    {
        bool Acknowledges { get; }
    }

    /// An I2C target that may hold SDA low; no START is made meanwhile.
    public interface II2CHold
    {
        bool HoldsSda { get; }
    }

    public class Lpi2c : SimpleContainer<II2CPeripheral>, IDoubleWordPeripheral, IKnownSize
    {
        /// `block` is the chip's name for it, as LPI2C1.
        public Lpi2c(IMachine machine, Ccm ccm, Iomuxc iomuxc, string block) : base(machine)
        {
            this.ccm = ccm;
            this.iomuxc = iomuxc;
            this.block = block;
            diagnoses = new Diagnoses(machine, this, block);
            PulledUp = true;
            IRQ = new GPIO();
            step = new Alarm(machine, EndStep);
        }

        public long Size { get { return 0x4000; } }

        public GPIO IRQ { get; private set; }

        /// The board pulls SCL and SDA up.
        public bool PulledUp { get; set; }

        public override void Reset()
        {
            control = 0;
            SoftwareReset();
            UpdateInterrupt();
        }

        public uint ReadDoubleWord(long offset)
        {
            switch(offset)
            {
            case VERID: return 0x01000003;
            case PARAM: return 0x00000202;
            case MCR: return control;
            case MSR: return Polled(Status);
            case MIER: return enabled;
            case MFSR: return Polled((uint)commands.Count | (uint)received.Count << 16);
            case MRDR: return Pop();
            case MTDR: return 0;
            case SASR: case SRDR: return ReceiveEmpty;
            default:
                if(!IsPlain(offset)) { this.LogUnhandledRead(offset); return 0; }
                return Plain(offset);
            }
        }

        public void WriteDoubleWord(long offset, uint value)
        {
            polling.News();
            switch(offset)
            {
            case MCR:
                if((value & ResetAll) != 0) { SoftwareReset(); }
                if((value & ResetReceiveFifo) != 0) { received.Clear(); }
                if((value & ResetTransmitFifo) != 0) { commands.Clear(); }
                control = value & 0xF;
                break;
            case MSR: flags &= ~value; break;
            case MIER: enabled = value & 0x7F03; break;
            case MTDR:
                if(commands.Count < FifoWords) { commands.Enqueue(value & 0x7FF); }
                break;
            case VERID: case PARAM: case MFSR: case MRDR: case SASR: case SRDR: break;
            default:
                if(!IsPlain(offset)) { this.LogUnhandledWrite(offset, value); return; }
                plain[offset] = value;
                break;
            }
            GoOn();
        }

        // Registers that hold what was written: DMA, timing, watermarks, matching, the slave side.
        private static bool IsPlain(long offset)
        {
            return (offset >= MDER && offset <= MFCR && offset % 4 == 0) || (offset >= 0x110 && offset <= 0x170 && offset % 4 == 0);
        }

        private uint Plain(long offset)
        {
            uint value;
            plain.TryGetValue(offset, out value);
            return value;
        }

        private void SoftwareReset()
        {
            step.Cancel();
            flags = enabled = 0;
            plain.Clear();
            commands.Clear();
            received.Clear();
            Release();
            toReceive = 0;
            polling.News();
        }

        // The bus.

        // Begins the next step if none is on the bus.
        private void GoOn()
        {
            while(step.Due == VirtualTime.Never && Next()) { }
            UpdateInterrupt();
        }

        // True where a command was carried out that takes no time.
        private bool Next()
        {
            if((control & Enable) == 0)
            {
                if(busy) { Release(); }
                return false;
            }
            if((flags & Errors) != 0)
            {
                // A STOP goes out by itself; nothing else until software has cleared the flag.
                if(busy) { Begin(Stop << 8); }
                return false;
            }
            if(toReceive > 0)
            {
                if(discard || received.Count < FifoWords) { Begin(Receive << 8); }
                return false;
            }
            if(!busy && commands.Count > 0 && Children.Any(child => (child.Peripheral as II2CHold)?.HoldsSda == true)) { return false; }
            if(commands.Count > 0) { return Execute(commands.Dequeue()); }
            if(busy && (Plain(MCFGR1) & AutoStop) != 0) { Begin(Stop << 8); }
            return false;
        }

        private bool Execute(uint next)
        {
            var kind = next >> 8;
            if(kind >= Start || (busy && (kind == Transmit || kind == Stop))) { Begin(next); }
            else if(!busy && kind != Stop) { flags |= FifoError; }
            else if(busy)
            {
                toReceive = (int)(next & 0xFF) + 1;
                discard = kind == ReceiveAndDiscard;
            }
            return step.Due == VirtualTime.Never;
        }

        private void Begin(uint next)
        {
            var hz = ccm.Lpi2cHz;
            if(hz == 0) { return; }
            command = next;
            var kind = next >> 8;
            var prescale = (int)(Plain(MCFGR1) & 7);
            var clock = Plain(kind >= Start && (kind & HighSpeed) != 0 ? MCCR1 : MCCR0);
            var latency = 2 + (Plain(MCFGR2) >> 16 & 0xF) >> prescale;
            var low = (clock & 0x3F) + 1;
            var high = (clock >> 8 & 0x3F) + 1 + latency;
            var hold = (clock >> 16 & 0x3F) + 1;
            var cycles = 9 * (low + high);
            if(kind == Stop) { cycles = low + hold; }
            else if(kind >= Start)
            {
                // Bus free time and hold, or set-up and hold of a repeated START.
                cycles += low + (busy ? 2 * hold : hold);
                if(busy) { flags |= PacketEnd; }
                busy = true;
                sclHz = (double)hz / ((low + high) << prescale);
            }
            step.Set(VirtualTime.Now(machine) + VirtualTime.Cycles((ulong)cycles << prescale, hz));
        }

        private void EndStep()
        {
            polling.News();
            var kind = command >> 8;
            if(kind == Stop)
            {
                Release();
                flags |= StopDetected | PacketEnd;
                toReceive = 0;
            }
            else if(kind == Receive) { TakeByte(); }
            else
            {
                var acknowledged = kind >= Start ? Address((int)command & 0xFF) : Send((byte)command);
                var expected = kind < Start || (kind & ExpectNack) == 0;
                if(acknowledged != expected && (Plain(MCFGR1) & IgnoreNack) == 0) { flags |= Nack; }
            }
            GoOn();
        }

        private bool Address(int data)
        {
            Deliver();
            var found = Reach(data >> 1);
            if(target != null && target != found) { target.FinishTransmission(); }
            var answers = found as II2CAcknowledge;
            target = answers == null || answers.Acknowledges ? found : null;
            return target != null;
        }

        // Who answers to an address.
        private II2CPeripheral Reach(int address)
        {
            foreach(var line in new[] { "SCL", "SDA" })
            {
                var wrong = iomuxc.OpenDrain(block + "_" + line, PulledUp);
                if(wrong == "") { continue; }
                diagnoses.Tell(line + " is not connected: " + wrong);
                return null;
            }
            II2CPeripheral found;
            if(!TryGetByAddress(address, out found) || sclHz <= TargetsHz * (1 + SclTolerance)) { return found; }
            diagnoses.Tell(string.Format(CultureInfo.InvariantCulture, "MCCR0 0x{0:X8} makes an SCL of {1:F0} Hz, the target takes {2:F0}",
                Plain(MCCR0), sclHz, TargetsHz));
            return null;
        }

        // Renode's targets take all bytes of a packet at once.
        private bool Send(byte data)
        {
            if(target == null) { return false; }
            sent.Add(data);
            return true;
        }

        private void Deliver()
        {
            if(target != null && sent.Count > 0) { target.Write(sent.ToArray()); }
            sent.Clear();
        }

        private void TakeByte()
        {
            byte value = 0xFF; // nobody drives: high
            if(target != null)
            {
                foreach(var one in target.Read(1)) { value = one; }
            }
            toReceive--;
            if(!discard) { received.Enqueue(value); }
        }

        private void Release()
        {
            Deliver();
            if(target != null) { target.FinishTransmission(); }
            target = null;
            busy = false;
        }

        // Outward.

        private uint Pop()
        {
            polling.News();
            if(received.Count == 0) { return ReceiveEmpty; }
            var value = received.Dequeue();
            GoOn();
            return value;
        }

        private uint Status
        {
            get
            {
                var water = Plain(MFCR);
                return flags | (commands.Count <= (water & 3) ? TransmitData : 0) | (received.Count > (water >> 16 & 3) ? ReceiveData : 0)
                    | (busy ? Busy : 0);
            }
        }

        // The second look that finds nothing new carries the core on to the end of the step.
        private uint Polled(uint value)
        {
            if(polling.NothingNew()) { VirtualTime.CarryOn(machine, step.Due); }
            return value;
        }

        private void UpdateInterrupt()
        {
            IRQ.Set((Status & enabled) != 0);
        }

        private uint control, flags, enabled, command; // the last is what the step under way carries out
        private int toReceive; // bytes of a receive command still to come
        private bool busy, discard;
        private II2CPeripheral target;
        private double sclHz;
        private readonly Ccm ccm;
        private readonly Iomuxc iomuxc;
        private readonly string block;
        private readonly Diagnoses diagnoses;
        private readonly Alarm step; // the START, byte or STOP that is on the bus
        private readonly Polling polling = new Polling();
        private readonly List<byte> sent = new List<byte>();
        private readonly Queue<uint> commands = new Queue<uint>();
        private readonly Queue<byte> received = new Queue<byte>();
        private readonly Dictionary<long, uint> plain = new Dictionary<long, uint>();

        private const double TargetsHz = 400000; // fast mode, what the targets of the boards can do
        private const double SclTolerance = 0.05; // drivers round, and the edges of a real bus make a cycle longer
        private const int FifoWords = 4;
        private const long VERID = 0x00, PARAM = 0x04, MCR = 0x10, MSR = 0x14, MIER = 0x18, MDER = 0x1C, MCFGR1 = 0x24, MCFGR2 = 0x28;
        private const long MCCR0 = 0x48, MCCR1 = 0x50, MFCR = 0x58, MFSR = 0x5C, MTDR = 0x60, MRDR = 0x70, SASR = 0x150, SRDR = 0x170;
        private const uint Enable = 1 << 0, ResetAll = 1 << 1, ResetTransmitFifo = 1 << 8, ResetReceiveFifo = 1 << 9; // MCR
        private const uint TransmitData = 1 << 0, ReceiveData = 1 << 1, PacketEnd = 1 << 8, StopDetected = 1 << 9, Nack = 1 << 10; // MSR
        private const uint FifoError = 1 << 12, Busy = 3u << 24, Errors = Nack | FifoError | 1 << 11 | 1 << 13;
        private const uint AutoStop = 1 << 8, IgnoreNack = 1 << 9; // MCFGR1
        private const uint ReceiveEmpty = 1 << 14; // MRDR
        private const uint Transmit = 0, Receive = 1, Stop = 2, ReceiveAndDiscard = 3, Start = 4, ExpectNack = 1, HighSpeed = 2; // MTDR.CMD
    }
}
